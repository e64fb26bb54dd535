// Keeps pods off nodes with taints that they do not tolerate, and prefers nodes with fewer soft ones.
import { tolerates, untolerated } from '#api/core/tolerations.ts'
import { type Plugin, refuseForGood } from '../framework.ts'

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  wakes: ['node-added', 'node-taints'],
  filter: ({ pod }, { taints }) => {
    if (taints.length === 0) return undefined
    const taint = untolerated(taints, pod.spec.tolerations ?? [])
    return taint && refuseForGood(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`)
  },
  score: {
    weight: 3,
    prepare: (_pod, _snapshot, fitting) => (fitting.some((node) => node.preferNoSchedule.length > 0) ? {} : undefined),
    of: ({ pod }, { preferNoSchedule }) => {
      const soft = (pod.spec.tolerations ?? []).filter((t) => !t.effect || t.effect === 'PreferNoSchedule')
      return preferNoSchedule.filter((taint) => !soft.some((toleration) => tolerates(toleration, taint))).length
    },
    normalize: 'less',
  },
}
