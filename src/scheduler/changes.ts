// What about a change of a node or a pod can let other pods fit, or a pod fit that did not: everything else, such as
// a heartbeat or a container that has become ready, leaves the scheduler alone.

import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Wake } from './framework.ts'
import type { PodInfo } from './pod-info.ts'

const differs = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b)

export function nodeChanges(next: Node, old: Node | undefined): readonly Wake[] {
  if (!old) return ['node-added']
  const changes: Wake[] = []
  if (differs(next.status.allocatable, old.status.allocatable)) changes.push('node-resources')
  if (differs(next.metadata.labels, old.metadata.labels)) changes.push('node-labels')
  if (differs(next.spec.taints, old.spec.taints) || next.spec.unschedulable !== old.spec.unschedulable)
    changes.push('node-taints')
  return changes
}

/** Whether a new version of a pod that waits is worth another try. */
export const mayFitNow = (next: Pod, old: Pod): boolean =>
  differs(next.spec, old.spec) || differs(next.metadata.labels, old.metadata.labels)

const resourcesOf = ({ spec }: Pod) => [spec.resources, ...spec.containers.map(({ resources }) => resources)]

/** Whether a placed pod counts for just as much as before. All else that counts cannot change. */
export const countsAlike = (next: Pod, old: Pod): boolean =>
  next.metadata.deletionTimestamp === old.metadata.deletionTimestamp &&
  !differs(next.metadata.labels, old.metadata.labels) &&
  !differs(resourcesOf(next), resourcesOf(old))

/** What changes for others when a placed pod does. */
export function placedPodChanges(next: PodInfo, old: PodInfo): readonly Wake[] {
  const changes: Wake[] = []
  // A pod that is being deleted is no longer counted where pods are spread.
  if (next.isTerminating !== old.isTerminating || differs(next.labels, old.labels)) changes.push('pod-labels')
  if (next.milliCpu < old.milliCpu || next.memory < old.memory) changes.push('pod-shrunk')
  return changes
}
