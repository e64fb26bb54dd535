// The service proxy of a node: keeps the kernel's table as the Services, EndpointSlices and this node's pods ask.
// Woken by informers only. What the kernel has stays in place while the agent is away, and is replaced in one
// transaction when it comes back.

import { isIPv4 } from 'node:net'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { Informers } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'
import type { Run } from '#lib/exec.ts'
import type { Log } from '#lib/log.ts'
import { type Random, systemRandom } from '#lib/random.ts'
import { conntrackArgs } from './conntrack.ts'
import { type Nft, Sync } from './nft.ts'
import { affinityMap, forgetAffinity, lostTargets, render, type Settings, type Table } from './nftables.ts'
import { hostPortRules, keepAllPlaces, type Place, type ServiceRules, serviceOfSlice, serviceRules } from './rules.ts'

export interface ProxyOptions {
  readonly informers: Informers
  readonly clock: Clock
  readonly random?: Random
  readonly log: Log
  readonly nodeName: string
  /** The addresses of all pods; with two families, both, separated by a comma. */
  readonly clusterCIDR: string
  readonly nft: Nft
  /** Runs `conntrack`, so that UDP clients do not stick to endpoints that are gone; without it that is left out. */
  readonly run?: Run
  /** Service addresses that something else on this node answers for. */
  readonly leaveAlone?: readonly string[]
  /** Whether pods get this node's address on their way out of the cluster; on unless false. */
  readonly masqueradePods?: boolean
  readonly table?: string
}

export interface Proxy {
  /** Resolves when the rules stand for the first time. */
  readonly synced: Promise<void>
  /** Resolves when everything that the informers have shown so far is in the kernel. */
  settled(): Promise<void>
  stop(options?: { readonly cleanup?: boolean }): Promise<void>
}

const zoneLabel = 'topology.kubernetes.io/zone'
const sliceIndex = 'proxy/service'

export function startProxy(options: ProxyOptions): Proxy {
  const families = options.clusterCIDR.split(',').map((cidr) => new FamilyProxy(options, cidr.trim()))
  return {
    synced: Promise.all(families.map((family) => family.synced)).then(() => {}),
    settled: async () => void (await Promise.all(families.map((family) => family.settled()))),
    stop: async (how) => void (await Promise.all(families.map((family) => family.stop(how)))),
  }
}

/** The table of one address family. */
class FamilyProxy {
  readonly synced: Promise<void>
  readonly #options: ProxyOptions
  readonly #settings: Settings
  readonly #sync: Sync
  /** By `namespace/name` of services, and `pod namespace/name` of pods with host ports. */
  readonly #rules = new Map<string, ServiceRules>()
  readonly #stale = new Set<string>()
  readonly #unsubscribe: (() => void)[] = []
  #zone: string | undefined
  #stopped = false
  readonly #stopping = Promise.withResolvers<void>()
  #conntrack = true

  constructor(options: ProxyOptions, clusterCIDR: string) {
    this.#options = options
    const family = isIPv4(clusterCIDR.split('/')[0]!) ? 'ip' : 'ip6'
    const { table = 'pinnace', masqueradePods = true } = options
    this.#settings = { family, table, clusterCIDR, masqueradePods }
    this.#sync = new Sync({
      nft: options.nft,
      clock: options.clock,
      random: options.random ?? systemRandom,
      log: options.log,
      settings: this.#settings,
      wanted: () => this.#wanted(),
      changed: (old, next) => this.#cleanUp(old, next),
    })
    this.synced = this.#start()
    this.synced.catch(() => {})
  }

  settled(): Promise<void> {
    return this.#sync.settled()
  }

  async stop(how?: { readonly cleanup?: boolean }): Promise<void> {
    this.#stopped = true
    this.#stopping.resolve()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#sync.stop(how)
  }

  async #start(): Promise<void> {
    const { informers, nodeName } = this.#options
    const services = informers.of(Service)
    const slices = informers.of(EndpointSlice)
    const nodes = informers.of(Node)
    const pods = informers.of(Pod, { fieldSelector: `spec.nodeName=${nodeName}` })
    slices.addIndex(sliceIndex, (slice) => {
      const service = serviceOfSlice(slice)
      return service === undefined ? [] : [service]
    })
    const synced = Promise.all([services.synced, slices.synced, nodes.synced, pods.synced])
    await Promise.race([synced, this.#stopping.promise])
    if (this.#stopped) return
    this.#unsubscribe.push(
      services.onChange((next, old) => this.#changed(keyOf((next ?? old)!))),
      slices.onChange((next, old) => {
        for (const slice of [old, next]) this.#changed(slice && serviceOfSlice(slice))
      }),
      nodes.onChange((next) => this.#moved(next)),
      pods.onChange((next, old) => {
        if (hasHostPort(next) || hasHostPort(old)) this.#changed(`pod ${keyOf((next ?? old)!)}`)
      }),
    )
    this.#sync.wake()
    await this.#sync.settled()
  }

  #changed(key: string | undefined): void {
    if (key === undefined) return
    this.#stale.add(key)
    this.#sync.wake()
  }

  /** Hints are by zone: when this node's changes, every service may have other targets. */
  #moved(node: Node | undefined): void {
    if (node?.metadata.name !== this.#options.nodeName) return
    const zone = node.metadata.labels?.[zoneLabel]
    if (zone === this.#zone) return
    this.#zone = zone
    for (const service of this.#options.informers.of(Service).list()) this.#changed(keyOf(service))
  }

  #wanted(): Table {
    for (const key of this.#stale) {
      const next = this.#rulesOf(key)
      if (next === undefined) this.#rules.delete(key)
      else this.#rules.set(key, keepAllPlaces(this.#rules.get(key), next))
    }
    this.#stale.clear()
    return render(this.#rules, this.#settings)
  }

  #rulesOf(key: string): ServiceRules | undefined {
    const { informers, nodeName, leaveAlone } = this.#options
    const [namespace, name] = key.replace('pod ', '').split('/')
    if (key.startsWith('pod ')) {
      const pod = informers.of(Pod, { fieldSelector: `spec.nodeName=${nodeName}` }).get(namespace, name!)
      return pod && hostPortRules(pod, this.#settings.family)
    }
    const service = informers.of(Service).get(namespace, name!)
    const place: Place = { nodeName, zone: this.#zone, family: this.#settings.family, leaveAlone }
    return service && serviceRules(service, informers.of(EndpointSlice).byIndex(sliceIndex, key), place)
  }

  /** What the kernel remembers of targets that are gone: affinity of clients, and UDP flows, which have no end. */
  async #cleanUp(old: Table, next: Table): Promise<void> {
    const lost = lostTargets(old, next)
    for (const protocol of new Set(lost.filter(({ sticky }) => sticky).map((target) => target.protocol)))
      await this.#forget(protocol, next)
    const { run, log } = this.#options
    if (run === undefined || !this.#conntrack) return
    for (const target of lost.filter((target) => target.protocol === 'udp')) {
      try {
        // It exits with 1 where there was nothing to delete.
        await run('conntrack', conntrackArgs(target, this.#settings.family))
      } catch (error) {
        this.#conntrack = false
        log.warn('Cannot delete old UDP flows: is the program "conntrack" installed?', { error })
        return
      }
    }
  }

  async #forget(protocol: 'tcp' | 'udp' | 'sctp', next: Table): Promise<void> {
    const { nft, log } = this.#options
    const attempts = 3
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const listing = await nft.list(this.#settings, affinityMap(protocol))
      const script = forgetAffinity(listing, protocol, next, this.#settings)
      if (script === '') return
      try {
        return await nft.apply(script)
      } catch (error) {
        // An element whose time ran out since the listing makes the whole transaction fail.
        log.debug('Cannot take clients off lost targets; trying again', { error, attempt })
      }
    }
  }
}

const keyOf = ({ metadata }: { readonly metadata: { namespace?: string | undefined; name?: string | undefined } }) =>
  `${metadata.namespace}/${metadata.name}`

const hasHostPort = (pod: Pod | undefined): boolean =>
  [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])].some((container) =>
    container.ports?.some(({ hostPort }) => hostPort),
  )
