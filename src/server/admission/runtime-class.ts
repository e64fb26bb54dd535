// A pod that names a class of runtime needs what the class says beside its containers, and goes where the class can be
// used: overhead, node selector and tolerations come from the RuntimeClass. Texts are upstream's.

import type { Pod } from '#api/core/pod.ts'
import type { Toleration } from '#api/core/taint.ts'
import { sameValue } from '#api/equal.ts'
import { RuntimeClass, type Scheduling } from '#api/node/runtime-class.ts'
import { sameAmounts } from '#api/quantity.ts'
import { forbidden } from '#api/status-error.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'
import { find } from './classes.ts'

/** Undefined: the pod names none. */
function classOf({ call, kind, name, object }: AdmissionContext): RuntimeClass | undefined {
  const { runtimeClassName } = (object as Pod).spec
  if (runtimeClassName === undefined) return undefined
  const found = find(call.core, RuntimeClass, runtimeClassName)
  if (!found) throw forbidden(kind, name, `pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`)
  return found
}

const differs = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

const lasts = ({ effect, tolerationSeconds: most }: Toleration, { tolerationSeconds: asked }: Toleration): boolean =>
  effect !== 'NoExecute' || most === undefined || (asked !== undefined && asked <= most)

/** Tolerates everything that the other one does. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (sameValue(wide, narrow)) return true
  const anyKey = !wide.key && wide.operator === 'Exists'
  if (!anyKey && (wide.key ?? '') !== (narrow.key ?? '')) return false
  if (wide.effect && wide.effect !== narrow.effect) return false
  if (!lasts(wide, narrow)) return false
  if (wide.operator === 'Exists') return true
  const isEqual = (operator: string | undefined) => !operator || operator === 'Equal'
  return isEqual(wide.operator) && isEqual(narrow.operator) && (wide.value ?? '') === (narrow.value ?? '')
}

/** Both, without those that another one covers. */
export function mergeTolerations(own: readonly Toleration[], more: readonly Toleration[]): Toleration[] {
  const all = [...own, ...more]
  const merged: Toleration[] = []
  all.forEach((one, i) => {
    if (merged.some((other) => covers(other, one))) return
    if (all.slice(i + 1).some((other) => !sameValue(other, one) && covers(other, one))) return
    merged.push(one)
  })
  return merged
}

function place({ kind, name, object }: AdmissionContext, { nodeSelector = {}, tolerations = [] }: Scheduling): void {
  const { spec } = object as Pod
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key]
    if (own === undefined || own === value) continue
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`
    throw forbidden(kind, name, why)
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector }
  if (tolerations.length > 0)
    spec.tolerations = mergeTolerations(spec.tolerations ?? [], structuredClone(tolerations) as Toleration[])
}

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && kind.resource === 'pods' && subresource === '',
  mutate: (context) => {
    const found = classOf(context)
    if (!found) return
    const { spec } = context.object as Pod
    const wanted = found.overhead?.podFixed
    if (found.overhead && spec.overhead && !sameAmounts(wanted ?? {}, spec.overhead))
      throw forbidden(context.kind, context.name, differs)
    if (wanted) spec.overhead = { ...wanted }
    if (found.scheduling) place(context, found.scheduling)
  },
  // Once more, since others may have had a hand in it meanwhile.
  validate: (context) => {
    const { spec } = context.object as Pod
    if (spec.runtimeClassName === undefined && spec.overhead === undefined) return
    const { overhead } = classOf(context) ?? {}
    if (overhead) {
      if (!sameAmounts(overhead.podFixed ?? {}, spec.overhead ?? {}))
        throw forbidden(context.kind, context.name, differs)
    } else if (spec.overhead !== undefined) {
      const why = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'
      throw forbidden(context.kind, context.name, why)
    }
  },
}
