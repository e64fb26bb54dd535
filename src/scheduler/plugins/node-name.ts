// A pod that names its node goes nowhere else. Such pods do not come through the queue; the check is for `why`.
import { type Plugin, refuseForGood } from '../framework.ts'

export const nodeName: Plugin = {
  name: 'NodeName',
  wakes: ['node-added'],
  filter: ({ pod }, node) =>
    pod.spec.nodeName && pod.spec.nodeName !== node.name
      ? refuseForGood("node(s) didn't match the requested node name")
      : undefined,
}
