// Keeps as many live pods as each ReplicationController wants: it is a ReplicaSet whose selector is a map of labels.

import type { ReplicaSet } from '#api/apps/replica-set.ts'
import { ReplicationController as Kind, type ReplicationController } from '#api/core/replication-controller.ts'
import { replicas } from './replica-set.ts'

const views = new WeakMap<object, ReplicaSet>()

/** The same view of the same object, so that what is kept by the object is found again. */
export function asReplicaSet(object: ReplicationController): ReplicaSet {
  let view = views.get(object)
  if (!view) {
    const { selector, ...spec } = object.spec
    view = { ...object, spec: { ...spec, selector: { matchLabels: selector } } } as ReplicaSet
    views.set(object, view)
  }
  return view
}

export const replicationController = replicas({
  name: 'replication-controller',
  kind: Kind,
  view: asReplicaSet,
  // There is no such count here.
  statusOf: ({ terminatingReplicas: _, ...status }) => status,
})
