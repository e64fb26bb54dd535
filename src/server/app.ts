// The server's core: a function from a request to a response, without a socket. What every request goes through
// is the list below; what happens to an object that is written are the lists in write.ts, and which plugins see
// it is the list in admission/plugins.ts.

import { checkStoredExpression } from '#api/cel/stored-expressions.ts'
import { useCelCheck } from '#api/cel-problems.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { processMetrics } from '#lib/process-metrics.ts'
import { type Random, uuid } from '#lib/random.ts'
import type { Indexer, Store } from '#store/store.ts'
import type { Authenticate, AuthenticationNotes, Authorize, Decision, ReviewToken, RulesFor } from './access.ts'
import type { AdmissionPlugin } from './admission/admission.ts'
import { errorResponse, toStatusError } from './answer.ts'
import { annotate, audit, auditUnauthorized } from './audit/audit.ts'
import type { Audit } from './audit/entry.ts'
import { impersonate } from './authn/impersonation.ts'
import type { ServiceAccountTokens } from './authn/service-account.ts'
import { denied } from './authz/denied.ts'
import { attributesOf, type Call, type Core, type HealthCheck } from './call.ts'
import type { ConnectHandler } from './connect/connect.ts'
import type { Kubelets } from './connect/kubelet.ts'
import type { DialService } from './connect/service-dial.ts'
import { converter } from './custom/converter.ts'
import { dispatch, remoteOf } from './dispatch.ts'
import { type FlowControl, isLongRunning } from './flowcontrol/flow-control.ts'
import { flowMetrics } from './flowcontrol/metrics.ts'
import { Metrics } from './metrics.ts'
import { NodeScrapes } from './metrics-api/node-scrapes.ts'
import { Registries } from './registries.ts'
import { indexOf } from './registry.ts'
import type { ApiRequest, ApiResponse, Handler, UserInfo } from './request.ts'
import { type RequestInfo, route } from './router.ts'
import { Decoded, parseBytes } from './stored.ts'
import type { WebhookClient } from './webhook/client.ts'

/** Kinds that keep expressions refuse bad ones wherever a server runs; a client has no need of the compiler. */
useCelCheck(checkStoredExpression)

/** Does its part and goes on with `next`, or answers by itself. */
export type Stage = (call: Call, next: () => Promise<ApiResponse>) => Promise<ApiResponse>

export const stages: readonly Stage[] = [
  authenticate,
  audit,
  impersonate,
  queueFairly,
  authorize,
  (call) => dispatch(call),
]

async function authenticate(call: Call, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  try {
    call.user = call.request.user ?? (await call.core.authenticate(call.request, authenticationNotes(call)))
  } catch (error) {
    auditUnauthorized(call, error)
    throw error
  }
  return next()
}

function authenticationNotes(call: Call): AuthenticationNotes {
  call.annotations = {}
  return { annotations: call.annotations, warnings: call.warnings }
}

function queueFairly(call: Call, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  const { fairness } = call.core
  return fairness && !isLongRunning(call.info) ? fairness.serve(call, next) : next()
}

/** Gives way only where an authorizer has to ask elsewhere. */
function authorize(call: Call, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  const attributes = attributesOf(call)
  const decision = call.core.authorize(attributes)
  const go = (decided: Decision): Promise<ApiResponse> => {
    if (call.audit) {
      annotate(call, 'authorization.k8s.io/decision', decided.allowed ? 'allow' : 'forbid')
      annotate(call, 'authorization.k8s.io/reason', decided.reason ?? '')
    }
    if (!decided.allowed) throw denied(attributes, decided.reason)
    return next()
  }
  return decision instanceof Promise ? decision.then(go) : go(decision)
}

export interface ServerOptions {
  readonly store: Store
  readonly kinds: KindRegistry
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly authenticate: Authenticate
  readonly authorize: Authorize
  /** Answers TokenReviews; without it those are not served. */
  readonly reviewToken?: ReviewToken | undefined
  /** Answers SelfSubjectRulesReviews; without it those are not served. */
  readonly rulesFor?: RulesFor | undefined
  readonly audit?: Audit | undefined
  readonly fairness?: FlowControl | undefined
  readonly encryption?: Core['encryption']
  readonly admission: readonly AdmissionPlugin[]
  /** Handlers of log, exec and the like, by `<plural>/<subresource>`. */
  readonly connect?: Readonly<Record<string, ConnectHandler>>
  /** Signs what serviceaccounts/token asks for; without it that subresource is not served. */
  readonly tokens?: ServiceAccountTokens | undefined
  readonly issuerKeysUrl?: string | undefined
  readonly apiAudiences?: readonly string[]
  readonly checks?: readonly HealthCheck[]
  readonly webhooks?: WebhookClient | undefined
  readonly dialService?: DialService | undefined
  /** Asked for what nodes and pods use; without them nothing is known of that. */
  readonly kubelets?: Pick<Kubelets, 'ask'> | undefined
}

export interface Server {
  readonly handle: Handler
  readonly metrics: Metrics
  readonly core: Core
  /** Ends all watches. Requests in flight go on to their end. */
  stop(): void
}

const nobody: UserInfo = { name: '', groups: [] }

export function createServer(options: ServerOptions): Server {
  const stopping = new AbortController()
  const metrics = new Metrics()
  const core: Core = {
    ...options,
    connect: options.connect ?? {},
    tokens: options.tokens,
    issuerKeysUrl: options.issuerKeysUrl,
    reviewToken: options.reviewToken,
    rulesFor: options.rulesFor,
    audit: options.audit,
    fairness: options.fairness,
    apiAudiences: options.apiAudiences ?? ['https://kubernetes.default.svc.cluster.local'],
    checks: options.checks ?? [],
    webhooks: options.webhooks,
    dialService: options.dialService,
    nodeScrapes:
      options.kubelets && new NodeScrapes({ ...options, kubelets: options.kubelets, signal: stopping.signal }),
    aggregation: undefined,
    registries: new Registries(
      options.store,
      converter({ webhooks: options.webhooks, random: options.random, signal: stopping.signal }),
    ),
    metrics,
    signal: stopping.signal,
  }
  addGauges(core)
  return {
    handle: (request) => handle(core, request),
    metrics,
    core,
    stop: () => {
      stopping.abort(new Error('The server is stopping'))
      for (const registry of core.registries.all) registry.hub.stop()
    },
  }
}

async function handle(core: Core, request: ApiRequest): Promise<ApiResponse> {
  const startMs = core.clock.monotonic()
  let info: RequestInfo | undefined
  let call: Call | undefined
  let response: ApiResponse
  const warnings: string[] = []
  const auditId = auditIdOf(core, request)
  try {
    info = route(request)
    call = { core, request, info, user: nobody, auditId, audit: undefined, warnings }
    response = await runStages(call, 0)
  } catch (error) {
    // A caller in this process gets the error itself; everybody else gets it as a Status.
    if (request.raw) throw request.signal.aborted ? request.signal.reason : toStatusError(error)
    response = errorResponse(error, core.log, request.headers.accept)
  }
  if (info) {
    const counted = response.status < 400 && !remoteOf(core, info) ? info : countable(core, info)
    core.metrics.observe(counted, response.status, (core.clock.monotonic() - startMs) / 1000)
  }
  if (request.raw) return response
  const headers: Record<string, string | readonly string[]> = {
    'audit-id': auditId,
    'cache-control': 'no-cache, private',
    ...response.headers,
  }
  if (call?.flow) {
    headers['x-kubernetes-pf-flowschema-uid'] = call.flow.schemaUid
    headers['x-kubernetes-pf-prioritylevel-uid'] = call.flow.levelUid
  }
  if (warnings.length > 0) headers.warning = warningHeaders(warnings)
  return { ...response, headers }
}

const countedVerbs: ReadonlySet<string> = new Set([
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['post', 'put', 'head', 'options'],
])

/** What nobody serves, and anybody may ask for, is counted as one: whoever makes up names must not fill the memory. */
function countable({ kinds, connect }: Core, info: RequestInfo): RequestInfo {
  const verb = countedVerbs.has(info.verb) ? info.verb : 'other'
  if (!info.isResource) return { ...info, verb }
  const kind = kinds.kindFor(info.group, info.version, info.resource)
  if (!kind) return { ...info, verb, group: '', version: '', resource: '', subresource: '' }
  const known =
    ['', 'status', 'scale'].includes(info.subresource) ||
    Object.hasOwn(connect, `${kind.plural}/${info.subresource}`) ||
    kind.subresources.some(({ name }) => name === info.subresource)
  return known ? { ...info, verb } : { ...info, verb, subresource: '' }
}

const longestAuditId = 64

/** What the client calls it, so that what several servers record of one request can be put together. */
function auditIdOf(core: Core, { raw, headers }: ApiRequest): string {
  if (raw && !core.audit) return ''
  const given = headers['audit-id']
  return given !== undefined && given !== '' && given.length <= longestAuditId ? given : uuid(core.random)
}

const runStages = (call: Call, at: number): Promise<ApiResponse> => stages[at]!(call, () => runStages(call, at + 1))

/** As upstream: no more than this many bytes of warnings, each once. */
const warningBytes = 4096

function warningHeaders(warnings: readonly string[]): readonly string[] {
  const headers: string[] = []
  let leftBytes = warningBytes
  for (const text of new Set(warnings)) {
    const escaped = text.replace(/[\r\n\t]+/g, ' ').replace(/[\\"]/g, '\\$&')
    leftBytes -= escaped.length
    if (leftBytes < 0) break
    headers.push(`299 - "${escaped}"`)
  }
  return headers
}

function addGauges({ metrics, kinds, registries, store, fairness }: Core): void {
  metrics.add({
    name: 'apiserver_longrunning_requests',
    help: '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.',
    values: () =>
      [...registries.all]
        .filter(({ hub }) => hub.watchers > 0)
        .map(({ kind: { group, version, plural }, hub }) => ({
          labels: {
            component: 'apiserver',
            group,
            resource: plural,
            scope: 'cluster',
            subresource: '',
            verb: 'WATCH',
            version,
          },
          value: hub.watchers,
        })),
  })
  metrics.add({
    name: 'apiserver_resource_objects',
    help: '[STABLE] Number of stored objects at the time of last check split by kind.',
    values: () =>
      kinds.all.map(({ group, plural, resource }) => ({
        labels: { group, resource: plural },
        value: store.count(`${resource}/`),
      })),
  })
  if (fairness) for (const family of flowMetrics(fairness)) metrics.add(family)
  metrics.include(processMetrics())
  metrics.add({
    name: 'pinnace_store_revision',
    help: 'The revision of the newest change in the store.',
    values: () => [{ labels: {}, value: store.revision }],
  })
}

/** What the store asks when it opens existing data: an object's index, from its bytes. */
export const createIndexer =
  (kinds: KindRegistry): Indexer =>
  (key, bytes) => {
    const resource = key.slice(0, key.indexOf('/'))
    const kind = kinds.all.find((candidate) => candidate.resource === resource)
    const value = new Decoded(bytes)
    if (kind) return { index: indexOf(kind, parseBytes(bytes)), value }
    return { index: { labels: parseBytes(bytes).metadata?.labels ?? {}, fields: {} }, value }
  }
