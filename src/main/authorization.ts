// What decides who may do what, from the flags: the cluster's own roles, and webhooks of the administrator.

import { readFileSync } from 'node:fs'
import { parseDuration } from '#api/duration.ts'
import { UsageError } from '#cli/command.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { type AuthorizerLink, defaultLinks } from '#server/authz/authorizer.ts'
import { compileCondition } from '#server/authz/condition.ts'
import {
  type ConfiguredAuthorizer,
  type ConfiguredWebhook,
  defaultTtlsMs,
  parseAuthorizationConfiguration,
  parseModes,
} from '#server/authz/configuration.ts'
import { jsonPoster } from '#server/authz/post-json.ts'
import { authorizationWebhook, type ReviewVersion } from '#server/authz/webhook.ts'

export interface AuthorizationOptions {
  readonly authorizationMode?: string
  readonly authorizationConfig?: string
  readonly authorizationWebhookConfigFile?: string
  readonly authorizationWebhookVersion?: string
  readonly authorizationWebhookCacheAuthorizedTtl?: string
  readonly authorizationWebhookCacheUnauthorizedTtl?: string
}

interface AuthorizationParts {
  readonly clock: Clock
  readonly log: Log
}

const timeoutMs = 30_000

function usable<T>(flag: string, what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new UsageError(`--${flag}: "${what}" cannot be used: ${(error as Error).message}`)
  }
}

/** Zero turns it off, as upstream has it. */
function ttlMs(flag: string, text: string | undefined, standard: number): number {
  return text === undefined ? standard : usable(flag, text, () => Math.max(0, parseDuration(text)))
}

function versionOf(text = 'v1'): ReviewVersion {
  if (text === 'v1' || text === 'v1beta1') return text
  throw new UsageError(`--authorization-webhook-version: "${text}" is neither v1 nor v1beta1`)
}

function webhookOfFlags(path: string, options: AuthorizationOptions): ConfiguredWebhook {
  const { authorizationWebhookCacheAuthorizedTtl: allowed, authorizationWebhookCacheUnauthorizedTtl: denied } = options
  return {
    type: 'Webhook',
    name: 'webhook',
    kubeConfigFile: path,
    timeoutMs,
    version: versionOf(options.authorizationWebhookVersion),
    onFailure: 'NoOpinion',
    allowedTtlMs: ttlMs('authorization-webhook-cache-authorized-ttl', allowed, defaultTtlsMs.allowed),
    deniedTtlMs: ttlMs('authorization-webhook-cache-unauthorized-ttl', denied, defaultTtlsMs.denied),
    conditions: [],
  }
}

function link(configured: ConfiguredAuthorizer, { clock, log }: AuthorizationParts): AuthorizerLink {
  if (configured.type !== 'Webhook') return configured.type
  const { name, kubeConfigFile, conditions } = configured
  const context = resolveContext(readFileSync(kubeConfigFile, 'utf8'), (path) => readFileSync(path, 'utf8'))
  const server = { url: context.server, ...context.credentials }
  return {
    name,
    authorize: authorizationWebhook({
      ...configured,
      conditions: conditions.map(compileCondition),
      post: jsonPoster(server, { clock, timeoutMs: configured.timeoutMs }),
      clock,
      log,
    }),
  }
}

/** Who is asked, in their order. */
export function authorizationLinks(
  options: AuthorizationOptions,
  parts: AuthorizationParts,
): readonly AuthorizerLink[] {
  const { authorizationMode, authorizationConfig, authorizationWebhookConfigFile: webhookFile } = options
  if (authorizationConfig !== undefined) {
    if (authorizationMode !== undefined || webhookFile !== undefined)
      throw new UsageError('--authorization-config does not go with --authorization-mode and --authorization-webhook-*')
    return usable('authorization-config', authorizationConfig, () =>
      parseAuthorizationConfiguration(readFileSync(authorizationConfig, 'utf8')).map((one) => link(one, parts)),
    )
  }
  const configured = webhookFile === undefined ? undefined : webhookOfFlags(webhookFile, options)
  const webhook =
    configured && usable('authorization-webhook-config-file', configured.kubeConfigFile, () => link(configured, parts))
  if (authorizationMode === undefined) return webhook ? [...defaultLinks, webhook] : defaultLinks
  const modes = usable('authorization-mode', authorizationMode, () => parseModes(authorizationMode))
  if (modes.includes('Webhook') !== (webhook !== undefined))
    throw new UsageError('--authorization-webhook-config-file and the mode Webhook go together')
  return modes.map((mode) => (mode === 'Webhook' ? webhook! : mode))
}
