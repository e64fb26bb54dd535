// Keeps pods off nodes that are cordoned, unless they tolerate it.
import type { Taint } from '#api/core/taint.ts'
import { untolerated } from '#api/core/tolerations.ts'
import { type Plugin, refuseForGood } from '../framework.ts'

const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const cordoned = refuseForGood('node(s) were unschedulable')

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  wakes: ['node-added', 'node-taints'],
  looksAtNodeOnly: true,
  prepare: ({ pod }, snapshot) => ({
    skip: snapshot.unschedulable === 0 || !untolerated([taint], pod.spec.tolerations ?? []),
  }),
  filter: (_pod, node) => (node.isUnschedulable ? cordoned : undefined),
}
