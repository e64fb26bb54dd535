// Keeps pods off nodes that are cordoned, unless they tolerate it.
import type { Taint } from '#api/core/taint.ts'
import { untolerated } from '#api/core/tolerations.ts'
import { type Plugin, refuseForGood } from '../framework.ts'

const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  wakes: ['node-added', 'node-taints'],
  filter: ({ pod }, { node }) =>
    node.spec.unschedulable && untolerated([taint], pod.spec.tolerations ?? [])
      ? refuseForGood('node(s) were unschedulable')
      : undefined,
}
