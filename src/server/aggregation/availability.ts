// Finds out which extension API servers can be asked, and writes it into the conditions of their APIServices: when an
// APIService, its Service or its endpoints change, and every half minute, since nobody tells when a server behind a
// Service has stopped to answer.

import type { APIService } from '#api/apiregistration/api-service.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { StatusError } from '#api/status-error.ts'
import { type Clock, formatTime } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import { WorkQueue } from '#lib/queue.ts'
import { within } from '#lib/within.ts'
import { keyOf, type Store, type StoreEvent, type Watch } from '#store/store.ts'
import type { ServicePort } from '../connect/service-dial.ts'
import type { UserInfo } from '../request.ts'
import { objectOf } from '../stored.ts'
import { type Finding, failedCheck, local, passed, serviceFinding, withAvailable } from './availability-rules.ts'
import { BackendError, type Fetched, userHeaders } from './backend.ts'
import type { Send } from './own-requests.ts'
import { type Remote, serviceOf } from './remote.ts'
import { parseResources } from './resources.ts'

/** As upstream's resync. */
const recheckMs = 30_000
/** As upstream's: an answer to the check is to come at once. */
const checkMs = 5000
/** As upstream's: of several endpoints one that answers is enough. */
const furtherAttempts = 4
const workers = 16

const user: UserInfo = { name: 'system:kube-aggregator', groups: ['system:masters'] }
const serviceLabel = 'kubernetes.io/service-name'

export interface AvailabilityOptions {
  readonly core: { readonly store: Store; readonly clock: Clock; readonly log: Log }
  readonly send: Send
  readonly serviceNamed: (name: string) => APIService | undefined
  readonly remotes: ReadonlyMap<string, Remote>
  /** What an extension API server serves has changed, or it has become unknown. */
  readonly onNews: (remote: Remote) => void
}

export class Availability {
  readonly #options: AvailabilityOptions
  readonly #queue: WorkQueue
  readonly #stopping = new AbortController()
  #watches: readonly Watch[] = []

  constructor(options: AvailabilityOptions) {
    this.#options = options
    this.#queue = new WorkQueue(options.core.clock, {
      backoff: { initialMs: 100, capMs: recheckMs },
      limit: { perSecond: 20, burst: 500 },
    })
    for (let i = 0; i < workers; i++) void this.#work()
  }

  look(name: string): void {
    this.#queue.add(name)
  }

  /** Listens to Services and endpoints as long as anybody depends on them. */
  follow(): void {
    const isNeeded = this.#options.remotes.size > 0 && !this.#stopping.signal.aborted
    if (isNeeded === this.#watches.length > 0) return
    for (const watch of this.#watches) watch.stop()
    this.#watches = isNeeded ? [Service.resource, EndpointSlice.resource].map((each) => this.#watch(each)) : []
  }

  stop(): void {
    this.#stopping.abort(new Error('The server is stopping'))
    this.#queue.shutDown()
    this.follow()
  }

  #watch(resource: string): Watch {
    const { store } = this.#options.core
    return store.watch({
      prefix: `${resource}/`,
      after: store.revision,
      onEvents: (events) => {
        for (const event of events) this.#hear(event)
      },
      onEnd: () => {
        if (this.#stopping.signal.aborted) return
        for (const watch of this.#watches) watch.stop()
        this.#watches = []
        this.follow()
        for (const name of this.#options.remotes.keys()) this.look(name)
      },
    })
  }

  #hear({ key, object, previous }: StoreEvent): void {
    const [resource, namespace, name] = key.split('/')
    const labels = (object ?? previous)?.index.labels
    const service = resource === Service.resource ? name : labels?.[serviceLabel]
    for (const [of, { backend }] of this.#options.remotes) {
      const { service: to } = backend
      if (to.namespace === namespace && to.name === service) this.look(of)
    }
  }

  async #work(): Promise<void> {
    for (let name = await this.#queue.take(); name !== undefined; name = await this.#queue.take()) {
      const isWell = await this.#check(name).catch((error) => {
        const isOutdated = error instanceof StatusError && (error.code === 404 || error.code === 409)
        if (!isOutdated && !this.#stopping.signal.aborted)
          this.#options.core.log.warn('An APIService could not be checked', { name, error: errorText(error) })
        return false
      })
      this.#queue.done(name)
      if (isWell) {
        this.#queue.forget(name)
        if (this.#options.remotes.has(name)) this.#queue.addAfter(name, recheckMs)
      } else this.#queue.addRateLimited(name)
    }
  }

  /** False: it is to be looked at again soon. */
  async #check(name: string): Promise<boolean> {
    const service = this.#options.serviceNamed(name)
    if (!service) return true
    const port = serviceOf(service)
    const remote = this.#options.remotes.get(name)
    const finding = port && remote ? await this.#findingOf(remote, port) : local
    await this.#say(name, finding)
    return finding.reason !== 'FailedDiscoveryCheck'
  }

  async #findingOf(remote: Remote, port: ServicePort): Promise<Finding> {
    const { store } = this.#options.core
    const { namespace, name } = port
    const stored = store.get(keyOf(Service.resource, namespace, name))
    const service = stored && (objectOf(stored) as Service)
    const slices = store.list({
      prefix: `${EndpointSlice.resource}/${namespace}/`,
      filter: ({ index }) => index.labels[serviceLabel] === name,
    }).items
    const seen = slices.map((each) => objectOf(each) as EndpointSlice)
    const finding = serviceFinding(port, service, seen)
    if (finding) this.#hearOf(remote, undefined)
    return finding ?? this.#ask(remote, `https://${addressOf(service, remote)}:${port.port}${remote.path}`)
  }

  /** What it serves is believed only of the right server; that it answers, as upstream, of whoever does. */
  async #ask(remote: Remote, url: string): Promise<Finding> {
    try {
      const { bytes } = await this.#get(remote, url, true)
      this.#hearOf(remote, parseResources(bytes))
      return passed
    } catch {
      if (this.#stopping.signal.aborted) throw this.#stopping.signal.reason
      this.#hearOf(remote, undefined)
    }
    const attempts = Array.from({ length: furtherAttempts }, () => this.#get(remote, url, false))
    const results = await Promise.any(attempts).catch((error: AggregateError) => error)
    if (!(results instanceof AggregateError)) return passed
    return failedCheck(`failing or missing response from ${url}: ${errorText(results.errors.at(-1))}`)
  }

  async #get(remote: Remote, url: string, verified: boolean): Promise<Fetched> {
    const headers = { ...userHeaders(user), accept: 'application/json', 'user-agent': 'apiserver' }
    const late = () => new BackendError('context deadline exceeded', undefined)
    const limit = { clock: this.#options.core.clock, limitMs: checkMs, late, signal: this.#stopping.signal }
    try {
      const { status, ...fetched } = await within(limit, (signal) =>
        remote.backend.fetch({ method: 'GET', path: remote.path, headers, signal }, verified),
      )
      if (status < 200 || status > 299) throw new Error(`bad status from ${url}: ${status}`)
      return { status, ...fetched }
    } catch (error) {
      throw error instanceof BackendError ? new Error(`Get ${JSON.stringify(url)}: ${error.message}`) : error
    }
  }

  #hearOf(remote: Remote, resources: ReturnType<typeof parseResources>): void {
    if (remote.hear(resources)) this.#options.onNews(remote)
  }

  async #say(name: string, finding: Finding): Promise<void> {
    const service = this.#options.serviceNamed(name)
    if (!service) return
    const before = service.status.conditions ?? []
    const conditions = withAvailable(before, finding, formatTime(this.#options.core.clock.now()))
    if (conditions === before) return
    await this.#options.send('PUT', `/${name}/status`, { ...service, status: { ...service.status, conditions } })
  }
}

/** As messages name it: by its address, if it has one. */
function addressOf(service: Service | undefined, { backend }: Remote): string {
  const { clusterIP = '' } = service?.spec ?? {}
  if (clusterIP === '' || clusterIP === 'None') return backend.host
  return clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP
}
