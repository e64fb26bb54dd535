// A pod that names its node goes nowhere else. Such pods do not come through the queue; the check is for `why`.
import { type Plugin, refuseForGood } from '../framework.ts'

const otherNode = refuseForGood("node(s) didn't match the requested node name")

export const nodeName: Plugin = {
  name: 'NodeName',
  wakes: ['node-added'],
  prepare: ({ pod }) => ({ skip: !pod.spec.nodeName }),
  filter: ({ pod }, node) => (pod.spec.nodeName === node.name ? undefined : otherNode),
}
