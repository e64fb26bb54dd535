// Node selector and node affinity: required ones decide, preferred ones weigh.
import { namedNodes, nodeMatches, nodePreference } from '#api/core/node-affinity.ts'
import { highestIsBest, type Plugin, refuseForGood } from '../framework.ts'

const conflict = refuseForGood('pod affinity terms conflict')
const noMatch = refuseForGood("node(s) didn't match Pod's node affinity/selector")

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  wakes: ['node-added', 'node-labels'],
  looksAtNodeOnly: true,
  prepare: ({ pod: { spec } }) => {
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    if (!required) return { skip: !spec.nodeSelector }
    // Terms that all name their nodes, as a DaemonSet's do, save looking at all the others.
    const only = namedNodes(required)
    if (!only) return {}
    return only.size === 0 ? { refusal: conflict } : { only }
  },
  filter: ({ pod }, { node }) => (nodeMatches(pod.spec, node) ? undefined : noMatch),
  score: {
    weight: 2,
    prepare: ({ pod: { spec } }) =>
      spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length ? true : undefined,
    of: ({ pod }, { node }) => nodePreference(pod.spec.affinity, node),
    normalize: highestIsBest,
  },
}
