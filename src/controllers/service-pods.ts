// What the controllers of Endpoints and of EndpointSlices have in common: which pods stand behind a Service, which
// changes of a pod matter to it, and which port of a pod a Service's port means.

import type { Pod } from '#api/core/pod.ts'
import { Pod as PodKind } from '#api/core/pod.ts'
import { type Service, Service as ServiceKind } from '#api/core/service.ts'
import type { ServicePort } from '#api/core/service-types.ts'
import type { Ref } from '#client/client.ts'
import type { ControllerContext } from '#client/controller.ts'
import type { Informers } from '#client/informer.ts'
import { isEqual } from './equal.ts'
import { refTo } from './owners.ts'
import { byName, conditionOf, isReady, isTerminal, isTerminating } from './pods.ts'

export const headlessLabel = 'service.kubernetes.io/headless'
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Services without a selector get their endpoints from somebody else, names outside have none. */
export const hasOwnEndpoints = (service: Service): boolean =>
  service.spec.type !== 'ExternalName' && hasSelector(service)

export const hasSelector = ({ spec }: Service): boolean => Object.keys(spec.selector ?? {}).length > 0

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None'

export const selects = ({ spec }: Service, { metadata }: Pod): boolean =>
  Object.entries(spec.selector ?? {}).every(([key, value]) => metadata.labels?.[key] === value)

/** Pods that can be addressed at all, in order of name. */
export function podsBehind(service: Service, informers: Informers): readonly Pod[] {
  const pods = podsByLabel(informers)
  // The rarest label would be best; any one already spares looking at the whole namespace.
  const candidates = Object.entries(service.spec.selector ?? {}).map(([key, value]) =>
    pods.byIndex('label', labelKey(service.metadata.namespace, key, value)),
  )
  const fewest = candidates.sort((a, b) => a.length - b.length)[0] ?? []
  return fewest.filter((pod) => selects(service, pod) && pod.status.podIP && !isTerminal(pod)).sort(byName)
}

const labelKey = (namespace: string | undefined, key: string, value: string): string => `${namespace}/${key}=${value}`

function podsByLabel(informers: Informers) {
  const pods = informers.of(PodKind)
  pods.addIndex('label', ({ metadata }) =>
    Object.entries(metadata.labels ?? {}).map(([key, value]) => labelKey(metadata.namespace, key, value)),
  )
  return pods
}

/** The Services that a change of a pod concerns; none for what does not show in endpoints. */
export function servicesOf(
  next: Pod | undefined,
  old: Pod | undefined,
  { informers }: ControllerContext,
): readonly Ref[] {
  if (next && old && isEqual(factsOf(next), factsOf(old))) return []
  const { namespace } = (next ?? old)?.metadata ?? {}
  return informers
    .of(ServiceKind)
    .list(namespace)
    .filter(
      (service) => hasOwnEndpoints(service) && ((next && selects(service, next)) || (old && selects(service, old))),
    )
    .map(refTo)
}

const factsOf = (pod: Pod): unknown => [
  pod.metadata.uid,
  pod.metadata.labels,
  isTerminating(pod),
  isTerminal(pod),
  isReady(pod),
  pod.status.podIPs ?? pod.status.podIP,
  pod.spec.nodeName,
  pod.spec.hostname,
  pod.spec.subdomain,
]

/** The number of the container's port that a Service's port leads to; undefined where the pod has no such name. */
export function portOf(pod: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof targetPort !== 'string' || targetPort === '') return targetPort || port
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const named of container.ports ?? [])
      if (named.name === targetPort && (named.protocol ?? 'TCP') === protocol) return named.containerPort
  return undefined
}

/** A pod has a name of its own under the Service's, when it asks for one. */
export const hostnameOf = (service: Service, { spec }: Pod): string | undefined =>
  spec.hostname && spec.subdomain === service.metadata.name ? spec.hostname : undefined

export const targetOf = ({ metadata }: Pod) => ({
  kind: 'Pod',
  namespace: metadata.namespace ?? '',
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
})

/** When the earliest change happened that is later than what was written last: how long programming the network
 *  takes is measured from it. */
export function triggerTime(service: Service, pods: readonly Pod[], since: string | undefined): string | undefined {
  const times = [
    service.metadata.creationTimestamp,
    ...pods.map((pod) => conditionOf(pod, 'Ready')?.lastTransitionTime),
    ...pods.map(({ metadata }) => metadata.deletionTimestamp),
  ].filter((time): time is string => time !== undefined && (since === undefined || time > since))
  return times.sort()[0]
}
