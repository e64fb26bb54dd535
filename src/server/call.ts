// What a request carries on its way through the pipeline, and what the server's parts share.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { StatusError } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { EncryptionKeys } from '#store/encryption-keys.ts'
import type { Actor, Store } from '#store/store.ts'
import type { AdmissionPlugin } from './admission/admission.ts'
import type { Aggregation } from './aggregation/aggregation.ts'
import type { Audit } from './audit/audit.ts'
import type { AuditEntry } from './audit/event.ts'
import type { ServiceAccountTokens } from './authn/service-account.ts'
import type { ConnectHandler } from './connect/connect.ts'
import type { DialService } from './connect/service-dial.ts'
import type { Convert } from './face.ts'
import type { FlowControl } from './flowcontrol/flow-control.ts'
import type { Metrics } from './metrics.ts'
import { Registry } from './registry.ts'
import type { ApiRequest, UserInfo } from './request.ts'
import type { RequestInfo } from './router.ts'
import type { WebhookClient } from './webhook/client.ts'

/** What an authorizer is asked: who wants to do what. */
export interface Attributes {
  readonly user: UserInfo
  readonly isResource: boolean
  readonly verb: string
  readonly path: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** As it stands in the query; empty where it selects everything. */
  readonly fieldSelector?: string
}

export type Decision =
  | { readonly allowed: true; readonly reason?: string }
  /** `denied`: for good, nobody else is asked. */
  | { readonly allowed: false; readonly reason: string; readonly denied?: boolean }

export type Authenticate = (request: ApiRequest) => Promise<UserInfo>
export type Authorize = (attributes: Attributes) => Decision | Promise<Decision>

/** Whose a token is, and for whom it is meant, of those asked for; undefined: nobody's. Throws when it is no good. */
export type ReviewToken = (token: string, audiences: readonly string[]) => Promise<ReviewedToken | undefined>

export interface ReviewedToken {
  readonly user: UserInfo
  readonly audiences: readonly string[]
}

/** Everything that a user may do in a namespace, as far as it can be told. */
export type RulesFor = (user: UserInfo, namespace: string) => KnownRules

export interface KnownRules {
  readonly rules: readonly PolicyRule[]
  readonly incomplete: boolean
  readonly error: string
}

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
  /** Set when it has been started, since it asks the server itself; undefined: nobody else answers for a version. */
  aggregation: Aggregation | undefined
  /** Aborts when the server stops: watches end. */
  readonly signal: AbortSignal
}

/** One Registry per kind, made when first asked for. */
export class Registries {
  readonly #store: Store
  readonly #convert: Convert | undefined
  readonly #byResource = new Map<AnyKind, Registry>()

  constructor(store: Store, convert?: Convert) {
    this.#store = store
    this.#convert = convert
  }

  of(kind: AnyKind): Registry {
    let registry = this.#byResource.get(kind)
    if (!registry) {
      registry = new Registry(kind, this.#store, this.#convert)
      this.#byResource.set(kind, registry)
    }
    return registry
  }

  /** Of a kind that is no longer served: its watches end. */
  drop(kind: AnyKind): void {
    this.#byResource.get(kind)?.hub.stop()
    this.#byResource.delete(kind)
  }

  get all(): Iterable<Registry> {
    return this.#byResource.values()
  }
}

export interface Call {
  readonly core: Core
  readonly request: ApiRequest
  readonly info: RequestInfo
  /** Set once authenticated. */
  user: UserInfo
  readonly auditId: string
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
