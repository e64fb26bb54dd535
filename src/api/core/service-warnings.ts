// What is allowed in a service but hardly meant: fields that its type ignores, and names that are on their way out.

import { Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { addressWarnings, rangeWarnings } from '../networking/address-warnings.ts'
import type { ServiceSpec } from './service-types.ts'

const hints = 'service.kubernetes.io/topology-aware-hints'
const path = Path.of('spec')

function headlessWarnings({ loadBalancerIP, externalIPs = [], sessionAffinity }: ServiceSpec): string[] {
  const ignored = [
    ...(loadBalancerIP ? ['loadBalancerIP'] : []),
    ...(externalIPs.length > 0 ? ['externalIPs'] : []),
    // Upstream writes it with a capital letter.
    ...(sessionAffinity === 'None' ? [] : ['SessionAffinity']),
  ]
  return ignored.map((field) => `spec.${field} is ignored for headless services`)
}

const addressesAt = (field: string, addresses: readonly string[] = []): string[] =>
  addresses.flatMap((address, i) => addressWarnings(address, path.child(field).index(i)))

export function serviceWarnings({ metadata, spec }: { metadata: ObjectMeta; spec: ServiceSpec }): string[] {
  const { type, clusterIP, externalIPs = [], externalName, loadBalancerIP, trafficDistribution } = spec
  const isHeadless = type === 'ClusterIP' && clusterIP === 'None'
  const isName = type === 'ExternalName'
  const isAnnotated = metadata.annotations?.[hints] !== undefined
  return [
    ...(isAnnotated
      ? [`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`]
      : []),
    ...(isHeadless || isName ? [] : addressesAt('clusterIPs', spec.clusterIPs)),
    ...(isHeadless ? headlessWarnings(spec) : []),
    ...addressesAt('externalIPs', externalIPs),
    ...(externalIPs.length > 0 && !isHeadless && !isName
      ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']
      : []),
    ...addressWarnings(loadBalancerIP, path.child('loadBalancerIP')),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, i) =>
      rangeWarnings(range, path.child('loadBalancerSourceRanges').index(i)),
    ),
    ...(isName && externalIPs.length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(!isName && externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(trafficDistribution === 'PreferClose'
      ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
      : []),
  ]
}
