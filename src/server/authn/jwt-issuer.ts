// Tokens of an OpenID Connect issuer elsewhere: verified with the keys that it publishes, which are fetched when they
// are first needed and again when a token is signed with one that is not known. What has been verified is remembered
// until it runs out.

import type { createLocalJWKSet, JSONWebKeySet } from 'jose'
import type { Clock } from '#lib/clock.ts'
import { jose } from '#lib/libraries.ts'
import type { Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import type { UserInfo } from '../request.ts'
import { type JwtRules, userFromClaims } from './jwt-rules.ts'

export interface JwtIssuerOptions {
  readonly url: string
  /** Where its configuration is, if not below its URL. */
  readonly discoveryUrl?: string | undefined
  /** For whom tokens must be meant: one of these. */
  readonly audiences: readonly string[]
  readonly algorithms?: readonly string[] | undefined
  readonly rules: JwtRules
  readonly clock: Clock
  /** Gets a document of JSON; rejects where there is none. */
  readonly fetchJson: (url: string) => Promise<unknown>
  /** Told when the issuer's keys cannot be had; whoever presents a token only learns that it is not believed. */
  readonly log?: Log | undefined
}

const remembered = 4096
/** The issuer is not asked more often, however many bad tokens there are. */
const refetchMs = 10_000
/** Machines' clocks differ. */
const toleranceSeconds = 10

type Keys = ReturnType<typeof createLocalJWKSet>

interface Known {
  readonly user: UserInfo
  readonly expiresAtMs: number
}

const unsignedAlgorithms: ReadonlySet<string> = new Set(['none', 'HS256', 'HS384', 'HS512'])

export const defaultAlgorithms: readonly string[] = ['RS256']

/** Says who holds a token of this issuer; undefined where it is of another. */
export function jwtIssuer(options: JwtIssuerOptions): (token: string) => Promise<UserInfo | undefined> {
  const { url, audiences, rules, clock, fetchJson } = options
  const algorithms = (options.algorithms ?? defaultAlgorithms).filter((name) => !unsignedAlgorithms.has(name))
  const known = new Lru<string, Known>({ maxEntries: remembered })
  let keys: Keys | undefined
  let fetching: Promise<Keys> | undefined
  let fetchedMs = Number.NEGATIVE_INFINITY

  const fetchKeys = async (): Promise<Keys> => {
    const discovery = options.discoveryUrl ?? `${url.replace(/\/$/, '')}/.well-known/openid-configuration`
    const { issuer, jwks_uri: keysUrl } = (await fetchJson(discovery)) as { issuer?: string; jwks_uri?: string }
    if (issuer !== url)
      throw new Error(`${discovery} is of the issuer ${JSON.stringify(issuer)}, not ${JSON.stringify(url)}`)
    if (!keysUrl) throw new Error(`${discovery} names no jwks_uri`)
    return jose().createLocalJWKSet((await fetchJson(keysUrl)) as JSONWebKeySet)
  }
  /** One question at a time, for however many tokens; undefined: it was asked a moment ago. */
  const refresh = async (): Promise<Keys | undefined> => {
    if (!fetching) {
      if (clock.monotonic() - fetchedMs < refetchMs) return undefined
      fetching = fetchKeys().finally(() => {
        fetching = undefined
        fetchedMs = clock.monotonic()
      })
      fetching.catch((error) => options.log?.warn('Cannot get the keys of an issuer of tokens', { issuer: url, error }))
    }
    keys = await fetching
    return keys
  }

  const claimsOf = async (token: string, with_: Keys) => {
    const { payload } = await jose().jwtVerify(token, with_, {
      issuer: url,
      audience: [...audiences],
      algorithms: [...algorithms],
      currentDate: new Date(clock.now()),
      clockTolerance: toleranceSeconds,
      requiredClaims: ['exp'],
    })
    return payload
  }
  const verified = async (token: string) => {
    const first = keys ?? (await refresh())
    if (!first) throw new Error(`the keys of ${url} are not known yet`)
    try {
      return await claimsOf(token, first)
    } catch (error) {
      const isUnknownKey = (error as { code?: string }).code === 'ERR_JWKS_NO_MATCHING_KEY'
      const newer = isUnknownKey && first === keys ? await refresh() : undefined
      if (!newer) throw error
      return claimsOf(token, newer)
    }
  }

  return async (token) => {
    const before = known.get(token)
    if (before) {
      if (before.expiresAtMs + toleranceSeconds * 1000 > clock.now()) return before.user
      known.delete(token)
      throw new Error('oidc: verify token: oidc: token is expired')
    }
    if (issuerOf(token) !== url) return undefined
    const claims = await verified(token)
    const user = userFromClaims(claims, rules)
    known.set(token, { user, expiresAtMs: (claims.exp ?? 0) * 1000 })
    return user
  }
}

function issuerOf(token: string): string | undefined {
  try {
    return jose().decodeJwt(token).iss
  } catch {
    return undefined
  }
}
