// A pod's priority follows from its class, never from what it says itself.

import type { Pod } from '#api/core/pod.ts'
import { forbidden } from '#api/status-error.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

/** The classes that are there without anybody making them. */
const builtIn: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && kind.resource === 'pods' && subresource === '',
  mutate: (context) => {
    const { spec } = context.object as Pod
    const value = valueOf(context, spec.priorityClassName ?? '')
    if (spec.priority !== undefined && spec.priority !== value)
      throw forbidden(
        context.kind,
        context.name,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    spec.priority = value
    spec.preemptionPolicy ??= 'PreemptLowerPriority'
  },
}

function valueOf({ kind, name }: AdmissionContext, className: string): number {
  if (className === '') return 0
  const value = builtIn[className]
  if (value === undefined) throw forbidden(kind, name, `no PriorityClass with name ${className} was found`)
  return value
}
