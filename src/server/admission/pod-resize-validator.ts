// A pod that runs can only be given what its node could give to it alone, and only on Linux. Texts are upstream's.

import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { podRequests } from '#api/core/pod-requests.ts'
import { milliValue } from '#api/quantity.ts'
import { forbidden } from '#api/status-error.ts'
import type { AdmissionPlugin } from './admission.ts'
import { find } from './classes.ts'

const osLabel = 'kubernetes.io/os'

/** Thousandths of cores, and bytes. */
const units = { cpu: 1, memory: 1000 } as const

export function whyNot(pod: Pod, { metadata, status }: Node): string | undefined {
  const requests = podRequests(pod.spec)
  const lacking = (['cpu', 'memory'] as const).flatMap((resource) => {
    const requested = Math.ceil((requests.get(resource) ?? 0) / units[resource])
    const allocatable = Math.ceil(milliValue(status.allocatable?.[resource]) / units[resource])
    return requested > allocatable ? [`${resource}, requested: ${requested}, allocatable: ${allocatable}`] : []
  })
  if (lacking.length > 0) return `Node didn't have enough allocatable resources: ${lacking.join('; ')}`
  const os = metadata.labels?.[osLabel] ?? ''
  if (os === 'linux') return undefined
  return `pod resize is only supported on linux nodes, node ${JSON.stringify(metadata.name)} is ${JSON.stringify(os)}`
}

export const podResizeValidator: AdmissionPlugin = {
  name: 'PodResizeValidator',
  handles: ({ operation, kind, subresource }) =>
    operation === 'UPDATE' && kind.resource === Pod.resource && subresource === 'resize',
  validate: ({ call, kind, name, object, old }) => {
    const pod = object as Pod
    const { nodeName } = pod.spec
    if (!nodeName || pod.metadata.generation === old!.metadata.generation) return
    const node = find(call.core, Node, nodeName)
    const why = node ? whyNot(pod, node) : `node ${JSON.stringify(nodeName)} not found`
    if (why !== undefined) throw forbidden(kind, name, why)
  },
}
