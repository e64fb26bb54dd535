// Keeps pods and claims within the ranges of limits of their namespace, and gives containers what they do not say. An
// update of a pod cannot change what it asks for, except by its subresource `resize`, so no other is looked at.

import type { LimitRange } from '#api/core/limit-range.ts'
import { LimitRange as LimitRangeKind } from '#api/core/limit-range.ts'
import { claimProblems, podProblems, setDefaults } from '#api/core/limit-rules.ts'
import type { PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import type { Pod } from '#api/core/pod.ts'
import { aggregate } from '#api/field-errors.ts'
import { forbidden } from '#api/status-error.ts'
import type { Store } from '#store/store.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'
import { NamespacedObjects } from './namespaced-objects.ts'

function isAsked({ kind, operation, subresource, old }: AdmissionContext): boolean {
  // What is going is let go, whatever it asks for.
  if (old?.metadata.deletionTimestamp !== undefined) return false
  if (kind.resource === 'pods')
    return subresource === '' ? operation === 'CREATE' : subresource === 'resize' && operation === 'UPDATE'
  const writes = operation === 'CREATE' || operation === 'UPDATE'
  return kind.resource === 'persistentvolumeclaims' && subresource === '' && writes
}

export function limitRanger(store: Store): AdmissionPlugin {
  const ranges = new NamespacedObjects<LimitRange>(store, LimitRangeKind.resource)
  const rangesOf = ({ namespace }: AdmissionContext): readonly LimitRange[] => [
    ...(ranges.of(namespace)?.values() ?? []),
  ]
  return {
    name: 'LimitRanger',
    handles: (context) => isAsked(context) && ranges.of(context.namespace) !== undefined,
    mutate: (context) => {
      if (context.kind.resource !== 'pods') return
      for (const { spec } of rangesOf(context)) setDefaults(context.object as Pod, spec)
    },
    validate: (context) => {
      for (const { spec } of rangesOf(context)) {
        const { kind, name, object, old } = context
        const problems =
          kind.resource === 'pods'
            ? podProblems(spec, object as Pod, old as Pod | undefined)
            : claimProblems(spec, object as PersistentVolumeClaim, old as PersistentVolumeClaim | undefined)
        if (problems.length > 0) throw forbidden(kind, name, aggregate(problems))
      }
    },
  }
}
