// Other servers that answer for versions of groups under this server's address: who they are, whether they can be
// asked, and what they serve. Follows the APIServices in the store; who answers discovery, OpenAPI or a request for a
// group asks here.

import { APIService } from '#api/apiregistration/api-service.ts'
import type { AnyKind } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import type { KeyPair } from '#lib/pki.ts'
import type { DialService } from '../connect/service-dial.ts'
import { follow } from '../follow.ts'
import type { Metrics } from '../metrics.ts'
import type { Handler } from '../request.ts'
import { objectOf } from '../stored.ts'
import type { AggregatedVersions } from './aggregated-versions.ts'
import { Availability, type AvailabilityOptions } from './availability.ts'
import { Backend } from './backend.ts'
import { BackendDocuments } from './documents.ts'
import { kindsOf } from './kinds.ts'
import { asServer } from './own-requests.ts'
import { localPriority, type Priority } from './priorities.ts'
import { nameOf, Registration, type RegistrationOptions } from './registration.ts'
import { connectionKey, isAvailable, priorityOf, Remote, serviceOf } from './remote.ts'

export interface AggregationOptions {
  /** The front proxy's: by them the other servers know this one. */
  readonly credentials: KeyPair
}

/** What it needs of the server. */
type Surroundings = AvailabilityOptions['core'] &
  RegistrationOptions['core'] & { readonly metrics: Metrics; readonly dialService: DialService | undefined }

/** From now on the core's requests go where the APIServices say. */
export function startAggregation(
  core: Surroundings & { aggregation: AggregatedVersions | undefined },
  handle: Handler,
  options: AggregationOptions,
): Aggregation {
  const aggregation = new Aggregation(core, handle, options)
  core.aggregation = aggregation
  return aggregation
}

export class Aggregation implements AggregatedVersions {
  readonly documents: BackendDocuments
  /** What the others were last heard to serve, also while they do not answer. */
  readonly kinds = new KindRegistry()
  readonly #core: Surroundings
  readonly #options: AggregationOptions
  readonly #stopping = new AbortController()
  readonly #services = new Map<string, APIService>()
  /** By `version.group`. */
  readonly #remotes = new Map<string, Remote>()
  readonly #known = new Map<string, readonly AnyKind[]>()
  readonly #availability: Availability
  readonly #registration: Registration
  readonly #unfollow: () => void
  #generation = 0

  constructor(core: Surroundings, handle: Handler, options: AggregationOptions) {
    this.#core = core
    this.#options = options
    this.documents = new BackendDocuments(core.clock, this.#stopping.signal)
    const send = asServer(handle, this.#stopping.signal)
    this.#availability = new Availability({
      core,
      send,
      serviceNamed: (name) => this.#services.get(name),
      remotes: this.#remotes,
      onNews: (remote) => {
        this.#generation++
        this.#know(remote.name)
      },
    })
    let registration: Registration | undefined
    this.#unfollow = follow(core.store, APIService.resource, {
      set: (stored) => {
        this.#set(objectOf(stored) as APIService)
        registration?.wake()
      },
      remove: (stored) => {
        this.#remove(objectOf(stored).metadata.name ?? '')
        registration?.wake()
      },
    })
    registration = new Registration({ core, send, services: () => this.#services })
    this.#registration = registration
    core.metrics.add({
      name: 'aggregator_unavailable_apiservice',
      help: '[ALPHA] Gauge of APIServices which are marked as unavailable broken down by APIService name.',
      values: () =>
        [...this.#services].map(([name, service]) => ({ labels: { name }, value: isAvailable(service) ? 0 : 1 })),
    })
  }

  get generation(): number {
    return this.#generation
  }

  get remotes(): Iterable<Remote> {
    return this.#remotes.values()
  }

  remoteFor(group: string, version: string): Remote | undefined {
    return this.#remotes.size === 0 ? undefined : this.#remotes.get(nameOf({ group, version }))
  }

  priorityOf(group: string, version: string): Priority {
    const service = this.#services.get(nameOf({ group, version }))
    return service ? priorityOf(service) : localPriority(group, version)
  }

  /** Versions of which nobody can say now what there is of them, as `group/version`. */
  readonly unknown = (): readonly string[] =>
    [...this.#remotes.values()].filter(({ isFresh }) => !isFresh).map(({ group, version }) => `${group}/${version}`)

  /** For a check of health, in upstream's words; undefined: all is well. */
  get missing(): string | undefined {
    const { missing } = this.#registration
    return missing.length === 0 ? undefined : `missing APIService: [${missing.join(' ')}]`
  }

  /** Resolves when every version that this server answers for has its APIService. */
  registered(): Promise<void> {
    return this.#registration.settled()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server is stopping'))
    this.#unfollow()
    this.#availability.stop()
    await this.#registration.stop()
    for (const { backend } of this.#remotes.values()) backend.close()
  }

  #set(service: APIService): void {
    const name = service.metadata.name ?? ''
    const before = this.#services.get(name)
    this.#services.set(name, service)
    const news = (of: APIService) => JSON.stringify([of.spec, serviceOf(of) && isAvailable(of)])
    if (!before || news(before) !== news(service)) {
      this.#generation++
      this.#availability.look(name)
    }
    this.#route(name, service)
    if (this.#remotes.has(name)) this.#know(name)
  }

  #remove(name: string): void {
    this.#services.delete(name)
    this.#generation++
    this.#forget(name)
    this.#availability.look(name)
  }

  #route(name: string, service: APIService): void {
    const port = serviceOf(service)
    const known = this.#remotes.get(name)
    if (port && known && known.key === connectionKey(service)) {
      known.update(service)
      return
    }
    this.#forget(name)
    if (!port) return
    const { caBundle, insecureSkipTLSVerify } = service.spec
    const backend = new Backend({
      service: port,
      authorityPem: caBundle ? Buffer.from(caBundle, 'base64').toString() : undefined,
      insecure: insecureSkipTLSVerify === true,
      credentials: this.#options.credentials,
      dialService: this.#core.dialService ?? unreachable,
      clock: this.#core.clock,
    })
    this.#remotes.set(name, new Remote(service, backend))
    this.#availability.follow()
  }

  /** Kinds that are what they were stay the same, so that whoever follows them is not disturbed; there are new ones
   *  only when they can be asked for. */
  #know(name: string): void {
    const remote = this.#remotes.get(name)
    if (remote && !remote.isAvailable) return
    const known = this.#known.get(name) ?? []
    const served = remote ? kindsOf(remote) : []
    const identity = (of: AnyKind) => JSON.stringify([of.apiVersion, of.plural, of.kind, of.namespaced, of.verbs])
    const before = new Map(known.map((kind) => [identity(kind), kind]))
    const now = served.map((kind) => before.get(identity(kind)) ?? kind)
    const [gone, come] = [known.filter((kind) => !now.includes(kind)), now.filter((kind) => !known.includes(kind))]
    this.#known.set(name, now)
    this.kinds.replace(gone, come)
  }

  #forget(name: string): void {
    const remote = this.#remotes.get(name)
    if (!remote) return
    remote.backend.retire()
    this.#remotes.delete(name)
    this.#know(name)
    this.#known.delete(name)
    this.#availability.follow()
  }
}

const unreachable = async (): Promise<never> => {
  throw new Error('no services are reached from here')
}
