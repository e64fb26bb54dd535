// What a request carries on its way through the pipeline, what the server's parts share, and what a plugin is shown of
// a write: they name each other. A part that needs little of it says what it needs.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { StatusError } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { EncryptionKeys } from '#store/encryption-keys.ts'
import type { Actor, Store } from '#store/store.ts'
import type { Attributes, Authenticate, Authorize, ReviewToken, RulesFor } from './access.ts'
import type { AggregatedVersions } from './aggregation/aggregated-versions.ts'
import type { Audit, AuditEntry } from './audit/entry.ts'
import type { ServiceAccountTokens } from './authn/service-account.ts'
import type { ConnectHandler } from './connect/connect.ts'
import type { DialService } from './connect/service-dial.ts'
import type { FlowControl } from './flowcontrol/flow-control.ts'
import type { Metrics } from './metrics.ts'
import type { NodeScrapes } from './metrics-api/node-scrapes.ts'
import type { Registries } from './registries.ts'
import type { Registry } from './registry.ts'
import type { ApiRequest, UserInfo } from './request.ts'
import type { RequestInfo } from './router.ts'
import type { WebhookClient } from './webhook/client.ts'

/** A check of /livez and /readyz: undefined is well, else why not. */
export interface HealthCheck {
  readonly name: string
  readonly check: () => string | undefined
  /** Only asked by /readyz. */
  readonly readyOnly?: boolean
}

/** What all requests share. */
export interface Core {
  readonly store: Store
  readonly kinds: KindRegistry
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly authenticate: Authenticate
  readonly authorize: Authorize
  readonly reviewToken: ReviewToken | undefined
  readonly rulesFor: RulesFor | undefined
  /** Undefined: nothing is recorded. */
  readonly audit: Audit | undefined
  /** Undefined: every request runs at once. */
  readonly fairness: FlowControl | undefined
  /** Undefined: the store keeps nothing on a disk. */
  readonly encryption?: Pick<EncryptionKeys, 'status' | 'settled' | 'rotate'> | undefined
  readonly registries: Registries
  readonly admission: readonly AdmissionPlugin[]
  readonly connect: Readonly<Record<string, ConnectHandler>>
  readonly tokens: ServiceAccountTokens | undefined
  /** Where others find the keys that tokens are signed with; at the issuer's own address unless given. */
  readonly issuerKeysUrl: string | undefined
  /** Whom a token is for that names nobody. */
  readonly apiAudiences: readonly string[]
  readonly metrics: Metrics
  readonly checks: readonly HealthCheck[]
  /** Undefined: no webhooks are asked, whoever needs one fails. */
  readonly webhooks: WebhookClient | undefined
  /** Undefined: nothing behind a Service is reached. */
  readonly dialService: DialService | undefined
  /** What the nodes' agents say of what is used; undefined: they are not asked. */
  readonly nodeScrapes: NodeScrapes | undefined
  /** Set when it has been started, since it asks the server itself; undefined: nobody else answers for a version. */
  aggregation: AggregatedVersions | undefined
  /** Aborts when the server stops: watches end. */
  readonly signal: AbortSignal
}

export interface Call {
  readonly core: Core
  readonly request: ApiRequest
  readonly info: RequestInfo
  /** Set once authenticated. */
  user: UserInfo
  readonly auditId: string
  /** What is recorded of how the user has shown who he is. */
  annotations?: Record<string, string> | undefined
  /** What is recorded of the call; undefined: nothing is. */
  audit: AuditEntry | undefined
  /** What decided when the call's turn is. */
  flow?: { readonly schemaUid: string; readonly levelUid: string } | undefined
  /** To be called by a watch that has sent what was there already: until then it counts as a request that runs. */
  initialized?: (() => void) | undefined
  /** Go out as `Warning` headers. */
  readonly warnings: string[]
}

/** A call about a kind that is served. */
export interface KindCall extends Call {
  readonly kind: AnyKind
  readonly registry: Registry
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

export interface AdmissionContext {
  readonly call: Call
  readonly kind: AnyKind
  readonly operation: Operation
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** May be changed by `mutate`. Undefined for a deletion. */
  readonly object: ApiObject | undefined
  /** Frozen. Undefined for a creation. */
  readonly old: ApiObject | undefined
  readonly dryRun: boolean
  /** Called if the write does not come about: gives back what `reserve` took. */
  readonly undo: (() => void)[]
  /** Called when the write is in the store. */
  readonly done: (() => void)[]
  /** Who gave the name was the server, from `generateName`. */
  readonly generatedName?: boolean
  /** Set while plugins mutate. */
  readonly reinvocation?: Reinvocation
}

/** As upstream: where a webhook or policy has changed the object, all plugins see it once more, so that each has seen
 *  what the others made of it. */
export interface Reinvocation {
  readonly round: 0 | 1
  /** Asks for the second round; in it, it does nothing. */
  again(): void
  /** What a plugin, by its name, remembers of the first round. */
  readonly memory: Map<string, unknown>
}

export interface AdmissionPlugin {
  readonly name: string
  readonly handles: (context: AdmissionContext) => boolean
  readonly mutate?: (context: AdmissionContext) => void | Promise<void>
  /** Takes what there is only one of, as an address. Comes before the object is validated, as upstream's does. */
  readonly reserve?: (context: AdmissionContext) => void
  readonly validate?: (context: AdmissionContext) => void | Promise<void>
}

const selects: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection'])

/** What an authorizer, or the audit policy, is asked about the call. */
export function attributesOf({ info, user, request }: Pick<Call, 'info' | 'user' | 'request'>): Attributes {
  return {
    user,
    isResource: info.isResource,
    verb: info.verb,
    path: info.path,
    group: info.group,
    version: info.version,
    namespace: info.namespace,
    resource: info.resource,
    subresource: info.subresource,
    name: info.name,
    fieldSelector: selects.has(info.verb) ? (request.query.get('fieldSelector') ?? '') : '',
  }
}

const longestClientName = 256

/** Who writes, for the store's history. */
export const actorOf = (call: Call): Actor => ({
  user: call.user.name,
  client: (call.request.headers['user-agent'] ?? '').slice(0, longestClientName),
})

/** As upstream's answer where a resource or subresource is not served. */
export const noSuchResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource')

export type Draft = ApiObject
