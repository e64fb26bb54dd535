// The cluster's names, read from what informers hold at the moment of the question. The informers' indexes are
// kept up to date change by change, so there is nothing else to maintain.

import { Namespace } from '#api/core/namespace.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { Informer, Informers } from '#client/informer.ts'
import { canonicalAddress, type NamedEndpoint, type NamedPort, type NamedService, type Names } from './answer.ts'

const byService = 'dns/service'
const byAddress = 'dns/address'

export class ClusterNames implements Names {
  readonly #namespaces: Informer<typeof Namespace>
  readonly #services: Informer<typeof Service>
  readonly #slices: Informer<typeof EndpointSlice>

  constructor(informers: Informers) {
    this.#namespaces = informers.of(Namespace)
    this.#services = informers.of(Service)
    this.#slices = informers.of(EndpointSlice)
    this.#services.addIndex(byAddress, (service) => clusterAddresses(service).map(canonicalAddress))
    this.#slices.addIndex(byService, (slice) => [serviceKeyOf(slice)])
    this.#slices.addIndex(byAddress, (slice) =>
      (slice.endpoints ?? []).flatMap(({ addresses }) => (addresses ?? []).map(canonicalAddress)),
    )
  }

  /** Resolves once every name is known; before that nothing can be said of any. */
  get synced(): Promise<void> {
    return Promise.all([this.#namespaces.synced, this.#services.synced, this.#slices.synced]).then(() => {})
  }

  get isSynced(): boolean {
    return this.#namespaces.isSynced && this.#services.isSynced && this.#slices.isSynced
  }

  hasNamespace(namespace: string): boolean {
    return this.#namespaces.get(undefined, namespace) !== undefined
  }

  service(namespace: string, name: string): NamedService | undefined {
    const service = this.#services.get(namespace, name)
    if (service === undefined) return undefined
    const { spec } = service
    if (spec.type === 'ExternalName')
      return { addresses: [], headless: false, externalName: spec.externalName ?? '', ports: [], endpoints: [] }
    const slices = this.#slices.byIndex(byService, `${namespace}/${name}`)
    return {
      addresses: clusterAddresses(service),
      headless: isHeadless(service),
      ports: (spec.ports ?? []).map(({ name = '', protocol, port }) => namedPort(name, protocol, port)),
      endpoints: slices.flatMap(endpointsOf),
    }
  }

  namesOf(address: string): readonly string[] {
    const services = this.#services.byIndex(byAddress, address)
    if (services.length > 0) return services.map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc`)
    return this.#slices.byIndex(byAddress, address).flatMap((slice) => {
      const [namespace = '', name = ''] = serviceKeyOf(slice).split('/')
      const service = this.#services.get(namespace, name)
      if (service === undefined || !isHeadless(service)) return []
      return endpointsOf(slice)
        .filter((endpoint) => canonicalAddress(endpoint.address) === address)
        .map(({ host }) => `${host}.${name}.${namespace}.svc`)
    })
  }
}

const clusterAddresses = ({ spec }: Service): readonly string[] =>
  (spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? '']).filter(
    (address) => address !== '' && address !== 'None',
  )

const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None' && spec.type !== 'ExternalName'

const serviceKeyOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`

const namedPort = (name: string, protocol: string | undefined, port: number): NamedPort => ({
  name: name.toLowerCase(),
  protocol: (protocol ?? 'TCP').toLowerCase(),
  port,
})

/** Those that are ready; a service that publishes others too has them marked as ready. */
function endpointsOf(slice: EndpointSlice): readonly NamedEndpoint[] {
  if (slice.addressType === 'FQDN') return []
  const ports = (slice.ports ?? []).flatMap(({ name, protocol, port }) =>
    port ? [namedPort(name ?? '', protocol, port)] : [],
  )
  return (slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready ?? true)
    .flatMap(({ addresses, hostname }) =>
      (addresses ?? []).slice(0, 1).map((address) => ({
        host: hostname ? hostname.toLowerCase() : address.replaceAll(/[.:]/g, '-').toLowerCase(),
        address,
        ports,
      })),
    )
}
