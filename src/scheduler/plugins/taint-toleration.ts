// Keeps pods off nodes with taints that they do not tolerate, and prefers nodes with fewer soft ones.
import type { Toleration } from '#api/core/taint.ts'
import { tolerates, untolerated } from '#api/core/tolerations.ts'
import { lowestIsBest, type Plugin, refuseForGood } from '../framework.ts'

/** Upstream once named the taint; so many different sentences for one cause were of no use (1.35). */
const tainted = refuseForGood('node(s) had untolerated taint(s)')

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  wakes: ['node-added', 'node-taints'],
  looksAtNodeOnly: true,
  prepare: (_pod, snapshot) => ({ skip: snapshot.tainted === 0 }),
  filter: ({ pod }, { taints }) =>
    taints.length > 0 && untolerated(taints, pod.spec.tolerations ?? []) ? tainted : undefined,
  score: {
    weight: 3,
    prepare: ({ pod }, snapshot): readonly Toleration[] | undefined =>
      snapshot.softlyTainted === 0
        ? undefined
        : (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule'),
    of: (_pod, { preferNoSchedule }, tolerations: readonly Toleration[]) =>
      preferNoSchedule.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint))).length,
    normalize: lowestIsBest,
  },
}
