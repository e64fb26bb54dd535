// What controllers ask about pods: is it active, ready, available since when; and the indexes by which they find
// the pods of an owner or of a node without looking at all of them.

import { findCondition, isConditionTrue } from '#api/conditions.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import type { PodCondition } from '#api/core/pod-status.ts'
import type { Informer, Informers } from '#client/informer.ts'

type Pods = Informer<typeof PodKind>

/** Pods by the UID of their controlling owner; those without one by namespace, as candidates for adoption. */
export function podsByOwner(informers: Informers): Pods {
  const pods = informers.of(PodKind)
  pods.addIndex('owner', (pod) => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)
    return [owner ? owner.uid : orphanKey(pod.metadata.namespace)]
  })
  return pods
}

const orphanKey = (namespace: string | undefined): string => `orphans/${namespace ?? ''}`

export const podsOwnedBy = (informers: Informers, uid: string): readonly Pod[] =>
  podsByOwner(informers).byIndex('owner', uid)

export const orphanPods = (informers: Informers, namespace: string | undefined): readonly Pod[] =>
  podsByOwner(informers).byIndex('owner', orphanKey(namespace))

/** The pods that are bound to a node; those of no node under the empty name. */
export function podsOnNode(informers: Informers, node: string): readonly Pod[] {
  const pods = informers.of(PodKind)
  pods.addIndex('node', (pod) => [pod.spec.nodeName ?? ''])
  return pods.byIndex('node', node)
}

export const conditionOf = (pod: Pod, type: string): PodCondition | undefined =>
  findCondition(pod.status.conditions, type)

export const isReady = (pod: Pod): boolean => isConditionTrue(pod.status.conditions, 'Ready')

export const isTerminal = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed'

export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined

/** Neither ended nor told to end: it counts towards what its owner wants. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && !isTerminating(pod)

/** When a ready pod counts as available: once it has been ready for `minReadySeconds`. Undefined: it is not ready. */
export function availableAtMs(pod: Pod, minReadySeconds: number): number | undefined {
  const ready = conditionOf(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  return ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 : undefined
}

/** Order by name, so that equal worlds lead to equal actions. */
export const byName = (
  a: { metadata: { name?: string | undefined } },
  b: { metadata: { name?: string | undefined } },
): number => compareText(a.metadata.name ?? '', b.metadata.name ?? '')

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
