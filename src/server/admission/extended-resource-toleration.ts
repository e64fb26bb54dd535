// A pod that asks for an extended resource tolerates the taint of that name, so that nodes which have it can be kept
// free of others.

import type { Pod } from '#api/core/pod.ts'
import { isExtended } from '#api/core/validate-resources.ts'
import type { AdmissionPlugin } from './admission.ts'

export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  handles: ({ operation, kind, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') && kind.resource === 'pods' && subresource === '',
  mutate: ({ object }) => {
    const { spec } = object as Pod
    const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
    const asked = containers.flatMap(({ resources }) => Object.keys(resources?.requests ?? {})).filter(isExtended)
    const given = spec.tolerations ?? []
    const missing = [...new Set(asked)]
      .sort()
      .filter((key) => !given.some((t) => t.key === key && t.operator === 'Exists' && t.effect === 'NoSchedule'))
      .map((key) => ({ key, operator: 'Exists' as const, effect: 'NoSchedule' as const }))
    if (missing.length > 0) spec.tolerations = [...given, ...missing]
  },
}
