// The file of upstream's --authorization-config: which authorizers are asked, in which order, and how webhooks are.

import { parseDuration } from '#api/duration.ts'
import { dns1123Subdomain } from '#api/names.ts'
import { yamlLibrary } from '#api/yaml.ts'
import type { ReviewVersion } from './webhook.ts'

export interface ConfiguredWebhook {
  readonly type: 'Webhook'
  readonly name: string
  readonly kubeConfigFile: string
  readonly timeoutMs: number
  readonly version: ReviewVersion
  readonly onFailure: 'NoOpinion' | 'Deny'
  readonly allowedTtlMs: number
  readonly deniedTtlMs: number
  readonly conditions: readonly string[]
}

export type AuthorizerType = 'Node' | 'RBAC' | 'AlwaysAllow' | 'AlwaysDeny'
export type ConfiguredAuthorizer = ConfiguredWebhook | { readonly type: AuthorizerType }

const plainTypes: readonly string[] = ['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny']
const apiVersions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)
const kindName = 'AuthorizationConfiguration'
const longestTimeoutMs = 30_000
const maxConditions = 64

export const defaultTtlsMs = { allowed: 5 * 60_000, denied: 30_000 } as const

// biome-ignore lint/suspicious/noExplicitAny: a document that is looked at field by field
type Document = any

/** The modes of --authorization-mode, each with no more than its name. */
export function parseModes(text: string): readonly (AuthorizerType | 'Webhook')[] {
  const modes = text.split(',').map((mode) => mode.trim())
  for (const [i, mode] of modes.entries()) {
    if (mode !== 'Webhook' && !plainTypes.includes(mode))
      throw new Error(`"${mode}" is no mode; modes are ${plainTypes.join(', ')} and Webhook`)
    if (modes.indexOf(mode) < i) throw new Error(`"${mode}" stands there twice`)
  }
  return modes as (AuthorizerType | 'Webhook')[]
}

const oneOf = <T extends string>(path: string, value: unknown, choices: readonly T[]): T => {
  if (choices.includes(value as T)) return value as T
  throw new Error(`${path}: it must be one of ${choices.join(', ')}`)
}

function durationMs(path: string, value: unknown, standard: number): number {
  if (value === undefined || value === null) return standard
  const ms = typeof value === 'string' ? parseDuration(value) : Number.NaN
  if (!(ms > 0)) throw new Error(`${path}: it must be a duration above zero`)
  return ms
}

/** Zero: nothing is remembered. */
function ttlMs(path: string, value: unknown, cached: unknown, standard: number): number {
  const ms = durationMs(path, value, standard)
  return cached === false ? 0 : ms
}

function timeoutMs(path: string, value: unknown): number {
  if (value === undefined || value === null) throw new Error(`${path}: it is needed`)
  const ms = durationMs(path, value, 0)
  if (ms > longestTimeoutMs) throw new Error(`${path}: it must be 30s at most`)
  return ms
}

function connectionFile(path: string, info: Document): string {
  if (info?.type === 'InClusterConfig') throw new Error(`${path}.type: this server is not inside of the cluster`)
  oneOf(`${path}.type`, info?.type, ['KubeConfigFile'])
  const { kubeConfigFile } = info
  if (typeof kubeConfigFile !== 'string' || !kubeConfigFile.startsWith('/'))
    throw new Error(`${path}.kubeConfigFile: it must be an absolute path`)
  return kubeConfigFile
}

function conditionsOf(path: string, given: Document): readonly string[] {
  const conditions: readonly string[] = (given ?? []).map(({ expression }: Document) => expression)
  if (conditions.length > maxConditions) throw new Error(`${path}: ${maxConditions} at most`)
  conditions.forEach((expression, i) => {
    if (typeof expression !== 'string' || expression.trim() === '')
      throw new Error(`${path}[${i}].expression: it is needed`)
    if (conditions.indexOf(expression) < i) throw new Error(`${path}[${i}].expression: it stands there twice`)
  })
  return conditions
}

function webhookOf(path: string, { name, webhook }: Document): ConfiguredWebhook {
  if (typeof name !== 'string' || dns1123Subdomain(name).length > 0)
    throw new Error(`${path}.name: it must be a DNS subdomain`)
  const at = `${path}.webhook`
  if (!webhook) throw new Error(`${at}: it is needed`)
  const conditions = conditionsOf(`${at}.matchConditions`, webhook.matchConditions)
  if (conditions.length > 0)
    oneOf(`${at}.matchConditionSubjectAccessReviewVersion`, webhook.matchConditionSubjectAccessReviewVersion, ['v1'])
  const { authorizedTTL, cacheAuthorizedRequests, unauthorizedTTL, cacheUnauthorizedRequests } = webhook
  return {
    type: 'Webhook',
    name,
    kubeConfigFile: connectionFile(`${at}.connectionInfo`, webhook.connectionInfo),
    timeoutMs: timeoutMs(`${at}.timeout`, webhook.timeout),
    version: oneOf(`${at}.subjectAccessReviewVersion`, webhook.subjectAccessReviewVersion, ['v1', 'v1beta1']),
    onFailure: oneOf(`${at}.failurePolicy`, webhook.failurePolicy, ['NoOpinion', 'Deny']),
    allowedTtlMs: ttlMs(`${at}.authorizedTTL`, authorizedTTL, cacheAuthorizedRequests, defaultTtlsMs.allowed),
    deniedTtlMs: ttlMs(`${at}.unauthorizedTTL`, unauthorizedTTL, cacheUnauthorizedRequests, defaultTtlsMs.denied),
    conditions,
  }
}

/** Throws what is wrong with the file, with the place of it. */
export function parseAuthorizationConfiguration(text: string): readonly ConfiguredAuthorizer[] {
  const document: Document = yamlLibrary().parse(text)
  if (document?.kind !== kindName) throw new Error(`kind must be ${kindName}`)
  if (!apiVersions.includes(document.apiVersion)) throw new Error(`apiVersion must be ${apiVersions[0]}`)
  const given: readonly Document[] = document.authorizers ?? []
  if (given.length === 0) throw new Error('authorizers: at least one authorization mode must be defined')
  const authorizers = given.map((each: Document, i): ConfiguredAuthorizer => {
    const path = `authorizers[${i}]`
    if (each?.type === 'Webhook') return webhookOf(path, each)
    const type = oneOf(`${path}.type`, each?.type, [...plainTypes, 'Webhook']) as AuthorizerType
    if (each.webhook) throw new Error(`${path}.webhook: it is only for the type Webhook`)
    return { type }
  })
  const key = (one: ConfiguredAuthorizer): string => (one.type === 'Webhook' ? `name ${one.name}` : `type ${one.type}`)
  const twice = authorizers.find((one, i) => authorizers.findIndex((other) => key(other) === key(one)) !== i)
  if (twice) throw new Error(`authorizers: the ${key(twice)} stands there twice`)
  return authorizers
}
