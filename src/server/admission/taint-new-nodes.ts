// A new node takes no pods until it has been seen to be ready: it begins with the taint that says so.

import type { Node } from '#api/core/node.ts'
import type { AdmissionPlugin } from './admission.ts'

const key = 'node.kubernetes.io/not-ready'

export const taintNewNodes: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && kind.resource === 'nodes' && subresource === '',
  mutate: ({ object }) => {
    const { spec } = object as Node
    const taints = spec.taints ?? []
    if (taints.some((taint) => taint.key === key && taint.effect === 'NoSchedule')) return
    spec.taints = [...taints, { key, effect: 'NoSchedule' }]
  },
}
