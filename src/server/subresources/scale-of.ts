// The scale of an object, and an object with another scale: the one form that all kinds with replicas share.

import type { Scale } from '#api/autoscaling/scale.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'

export function scaleOf({ scale }: AnyKind, object: ApiObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const { specReplicas, statusReplicas, selector } = scale!
  const text = selector(object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: specReplicas(object) },
    status: { replicas: statusReplicas(object), ...(text === '' ? {} : { selector: text }) },
  } as Scale
}
