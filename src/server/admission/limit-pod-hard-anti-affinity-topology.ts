// A pod can keep others off its node, but not off a whole zone.

import type { Pod } from '#api/core/pod.ts'
import { forbidden } from '#api/status-error.ts'
import type { AdmissionPlugin } from './admission.ts'

const allowed = 'kubernetes.io/hostname'

export const limitPodHardAntiAffinityTopology: AdmissionPlugin = {
  name: 'LimitPodHardAntiAffinityTopology',
  handles: ({ operation, kind, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') && kind.resource === 'pods' && subresource === '',
  validate: ({ kind, name, object }) => {
    const terms = (object as Pod).spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const wide = terms.find(({ topologyKey }) => topologyKey !== allowed)
    if (!wide) return
    const why = `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${wide.topologyKey} but only key ${allowed} is allowed`
    throw forbidden(kind, name, why)
  },
}
