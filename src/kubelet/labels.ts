// What the kubelet writes on sandboxes and containers, in upstream's words, so that a restarted agent (and
// crictl, and other people's tools) can tell whose they are. All of a pod's runtime state is read back from here.

import { createHash } from 'node:crypto'
import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Labels } from './runtime/runtime.ts'

export const podNameLabel = 'io.kubernetes.pod.name'
export const podNamespaceLabel = 'io.kubernetes.pod.namespace'
export const podUidLabel = 'io.kubernetes.pod.uid'
export const containerNameLabel = 'io.kubernetes.container.name'

export const hashAnnotation = 'io.kubernetes.container.hash'
export const restartCountAnnotation = 'io.kubernetes.container.restartCount'
export const terminationPathAnnotation = 'io.kubernetes.container.terminationMessagePath'
export const terminationPolicyAnnotation = 'io.kubernetes.container.terminationMessagePolicy'
export const podGraceAnnotation = 'io.kubernetes.pod.terminationGracePeriod'
export const podDeletionGraceAnnotation = 'io.kubernetes.pod.deletionGracePeriod'
export const preStopAnnotation = 'io.kubernetes.container.preStopHandler'

export const podLabels = (pod: Pod): Labels => ({
  [podNameLabel]: pod.metadata.name ?? '',
  [podNamespaceLabel]: pod.metadata.namespace ?? '',
  [podUidLabel]: pod.metadata.uid ?? '',
})

export const sandboxLabels = (pod: Pod): Labels => ({ ...pod.metadata.labels, ...podLabels(pod) })

export const containerLabels = (pod: Pod, container: Container): Labels => ({
  ...podLabels(pod),
  [containerNameLabel]: container.name,
})

/** Changes when the running container must be replaced: upstream too looks at name and image only. */
export const containerHash = (container: Pick<Container, 'name' | 'image'>): string =>
  createHash('sha256')
    .update(JSON.stringify([container.name, container.image ?? '']))
    .digest('hex')
    .slice(0, 8)

export function containerAnnotations(pod: Pod, container: Container, restartCount: number): Labels {
  const { terminationGracePeriodSeconds: grace } = pod.spec
  const { deletionGracePeriodSeconds: deletionGrace } = pod.metadata
  const preStop = container.lifecycle?.preStop
  return {
    [hashAnnotation]: containerHash(container),
    [restartCountAnnotation]: String(restartCount),
    [terminationPathAnnotation]: container.terminationMessagePath ?? '',
    [terminationPolicyAnnotation]: container.terminationMessagePolicy ?? '',
    ...(grace === undefined ? {} : { [podGraceAnnotation]: String(grace) }),
    ...(deletionGrace === undefined ? {} : { [podDeletionGraceAnnotation]: String(deletionGrace) }),
    ...(preStop ? { [preStopAnnotation]: JSON.stringify(preStop) } : {}),
  }
}
