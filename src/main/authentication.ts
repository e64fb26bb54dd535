// Who is let in, from the flags: tokens of files, of Secrets, of service accounts and of issuers elsewhere.

import { readFileSync } from 'node:fs'
import type { Secret } from '#api/core/secret.ts'
import { parseBool, UsageError } from '#cli/command.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import {
  type AnonymousOptions,
  type Authenticator,
  createAuthenticator,
  forApiServer,
  type TokenMethod,
} from '#server/authn/authenticate.ts'
import { bootstrapTokens } from '#server/authn/bootstrap-token.ts'
import {
  type AuthenticationConfiguration,
  type ConfiguredIssuer,
  parseAuthenticationConfiguration,
} from '#server/authn/configuration.ts'
import { compileExpression } from '#server/authn/expressions.ts'
import { fetchJson } from '#server/authn/fetch-json.ts'
import { defaultFrontProxy } from '#server/authn/front-proxy.ts'
import { jwtIssuer } from '#server/authn/jwt-issuer.ts'
import type { PrefixedClaim } from '#server/authn/jwt-rules.ts'
import { joinUser, parseTokenFile, staticTokens } from '#server/authn/tokens.ts'
import type { UserInfo } from '#server/request.ts'

export interface AuthenticationOptions {
  readonly anonymousAuth: string
  readonly tokenAuthFile?: string
  readonly authenticationConfig?: string
  readonly oidcIssuerUrl?: string
  readonly oidcClientId?: string
  readonly oidcUsernameClaim: string
  readonly oidcUsernamePrefix?: string
  readonly oidcGroupsClaim?: string
  readonly oidcGroupsPrefix?: string
  readonly oidcRequiredClaim: readonly string[]
  readonly oidcSigningAlgs: string
  readonly oidcCaFile?: string
}

export interface AuthenticationParts {
  readonly clock: Clock
  readonly log: Log
  readonly apiAudiences: readonly string[]
  readonly joinToken: string
  readonly serviceAccounts: TokenMethod
  readonly secretOf: (namespace: string, name: string) => Secret | undefined
}

function readFrom<T>(flag: string, path: string, read: (text: string) => T): T {
  try {
    return read(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`--${flag}: "${path}" cannot be used: ${(error as Error).message}`)
  }
}

/** Names of another issuer must not be taken for names of ours, unless that is wanted. */
function prefixOf(given: string | undefined, claim: string, issuer: string): string {
  if (given === '-') return ''
  return given ?? (claim === 'email' ? '' : `${issuer}#`)
}

function issuerOfFlags(
  options: AuthenticationOptions,
): (ConfiguredIssuer & { algorithms: readonly string[] }) | undefined {
  const { oidcIssuerUrl: url, oidcClientId: clientId, oidcUsernameClaim: claim, oidcGroupsClaim } = options
  if (url === undefined && clientId === undefined) return undefined
  if (url === undefined || clientId === undefined)
    throw new UsageError('--oidc-issuer-url and --oidc-client-id go together')
  if (!url.startsWith('https://')) throw new UsageError(`--oidc-issuer-url: "${url}" must begin with https://`)
  const groups: PrefixedClaim | undefined = oidcGroupsClaim
    ? { claim: oidcGroupsClaim, prefix: options.oidcGroupsPrefix ?? '' }
    : undefined
  return {
    url,
    discoveryUrl: undefined,
    authorityPem: options.oidcCaFile && readFrom('oidc-ca-file', options.oidcCaFile, (text) => text),
    audiences: [clientId],
    algorithms: options.oidcSigningAlgs.split(',').map((name) => name.trim()),
    rules: {
      username: { claim, prefix: prefixOf(options.oidcUsernamePrefix, claim, url) },
      groups,
      claimRules: options.oidcRequiredClaim.map((pair) => {
        const [name = '', ...value] = pair.split('=')
        if (name === '' || value.length === 0) throw new UsageError(`--oidc-required-claim: "${pair}" is no key=value`)
        return { claim: name, requiredValue: value.join('=') }
      }),
    },
  }
}

function anonymousOf({ anonymousAuth }: AuthenticationOptions): AnonymousOptions {
  return { enabled: parseBool('--anonymous-auth', anonymousAuth) }
}

export function startAuthentication(options: AuthenticationOptions, parts: AuthenticationParts): Authenticator {
  const { clock, log, apiAudiences, joinToken, serviceAccounts, secretOf } = parts
  const { tokenAuthFile, authenticationConfig } = options
  const fromFile: ReadonlyMap<string, UserInfo> = tokenAuthFile
    ? readFrom('token-auth-file', tokenAuthFile, parseTokenFile)
    : new Map()
  const configuration: AuthenticationConfiguration = authenticationConfig
    ? readFrom('authentication-config', authenticationConfig, (text) =>
        parseAuthenticationConfiguration(text, compileExpression),
      )
    : { issuers: [], anonymous: undefined }
  const flagged = issuerOfFlags(options)
  if (flagged && authenticationConfig) throw new UsageError('--authentication-config and --oidc-* do not go together')
  const issuers = [...configuration.issuers, ...(flagged ? [flagged] : [])].map((issuer) =>
    jwtIssuer({ ...issuer, clock, log, fetchJson: fetchJson(issuer.authorityPem) }),
  )
  const own = (find: (token: string) => Promise<UserInfo | undefined>) => forApiServer(apiAudiences, find)
  return createAuthenticator({
    methods: [
      own(staticTokens(new Map([[joinToken, joinUser], ...fromFile]))),
      serviceAccounts,
      own(bootstrapTokens(secretOf, () => clock.now())),
      ...issuers.map(own),
    ],
    apiAudiences,
    frontProxy: defaultFrontProxy,
    anonymous: configuration.anonymous ?? anonymousOf(options),
  })
}
