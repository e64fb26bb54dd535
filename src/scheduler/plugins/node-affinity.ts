// Node selector and node affinity: required ones decide, preferred ones weigh.
import { nodeMatches, nodePreference } from '#api/core/node-affinity.ts'
import { type Plugin, refuseForGood } from '../framework.ts'

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  wakes: ['node-added', 'node-labels'],
  prepare: ({ pod: { spec } }) => ({
    skip: !spec.nodeSelector && !spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
  }),
  filter: ({ pod }, { node }) =>
    nodeMatches(pod.spec, node) ? undefined : refuseForGood("node(s) didn't match Pod's node affinity/selector"),
  score: {
    weight: 2,
    prepare: ({ pod: { spec } }) =>
      spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length ? {} : undefined,
    of: ({ pod }, { node }) => nodePreference(pod.spec.affinity, node),
    normalize: 'more',
  },
}
