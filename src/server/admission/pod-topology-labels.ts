// Where a pod runs can be read from its labels: region and zone of its node are copied when it is bound, or when it is
// made for a node. What a binding says goes before what the node says, what a new pod says as well.

import type { Binding } from '#api/core/binding.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

const topologyLabels = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']

/** The node that the pod is to run on; undefined: none yet. */
function nodeNameOf({ subresource, object }: AdmissionContext): string | undefined {
  if (subresource === '') return (object as Pod).spec.nodeName
  const { target } = object as Binding
  return target?.kind === 'Node' ? target.name : undefined
}

export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && kind.resource === Pod.resource && (subresource === '' || subresource === 'binding'),
  mutate: (context) => {
    const nodeName = nodeNameOf(context)
    if (!nodeName) return
    const labels = context.call.core.registries.of(Node).find('', nodeName)?.index.labels
    if (!labels) return
    const { metadata } = context.object!
    for (const label of topologyLabels) {
      const value = labels[label]
      if (value === undefined || metadata.labels?.[label] !== undefined) continue
      metadata.labels = { ...metadata.labels, [label]: value }
    }
  },
}
