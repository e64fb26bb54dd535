// Keeps claims of storage that are to go until no pod on a node uses them. Upstream: pvc-protection.

import { PersistentVolumeClaim as ClaimKind, type PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import type { Ref } from '#client/client.ts'
import { controller, trigger } from '#client/controller.ts'
import type { Informers } from '#client/informer.ts'
import { isTerminal } from './pods.ts'
import { protect } from './protection.ts'

const claimFinalizer = 'kubernetes.io/pvc-protection'

/** The kubelet is done with it, or was not asked. It may only be waiting for its claim, so it holds none that is its own. */
const isShutDown = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0

/** Names of the claims in the pod's volumes; for a volume of its own, the claim that is made for it. */
const claimNamesOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [persistentVolumeClaim.claimName]
    return ephemeral ? [`${metadata.name}-${name}`] : []
  })

/** One that is on no node does not begin with a claim that is to go. */
export function uses(pod: Pod, { metadata: claim }: PersistentVolumeClaim): boolean {
  const { metadata, spec } = pod
  if (!spec.nodeName || metadata.namespace !== claim.namespace) return false
  return (spec.volumes ?? []).some(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return persistentVolumeClaim.claimName === claim.name
    if (!ephemeral || isShutDown(pod) || claim.name !== `${metadata.name}-${name}`) return false
    return claim.ownerReferences?.some((owner) => owner.controller && owner.uid === metadata.uid) ?? false
  })
}

const refsOf = (pod: Pod): readonly Ref[] =>
  claimNamesOf(pod).map((name) => ({ namespace: pod.metadata.namespace, name }))

function podsNaming(informers: Informers, { metadata }: PersistentVolumeClaim): readonly Pod[] {
  const pods = informers.of(PodKind)
  pods.addIndex('claim', (pod) => claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`))
  return pods.byIndex('claim', `${metadata.namespace}/${metadata.name}`)
}

/** Only a pod that goes, or has ended, or is not what it was can set a claim free. */
const mayRelease = (next: Pod | undefined, old: Pod | undefined): boolean =>
  !next ||
  isShutDown(next) ||
  isTerminal(next) ||
  !next.spec.nodeName ||
  (!!old && old.metadata.uid !== next.metadata.uid)

export const pvcProtection = controller({
  name: 'pvc-protection-controller',
  account: 'pvc-protection-controller',
  reconciles: ClaimKind,
  triggers: [
    trigger(PodKind, (next, old) => {
      if (!mayRelease(next, old)) return []
      return [...(next ? refsOf(next) : []), ...(old && old.metadata.uid !== next?.metadata.uid ? refsOf(old) : [])]
    }),
  ],
  reconcile: protect(ClaimKind, claimFinalizer, async (claim, { client, informers }) => {
    if (podsNaming(informers, claim).some((pod) => uses(pod, claim))) return true
    // What has just been bound may not have been heard of yet: the server knows.
    const { items } = await client.list(PodKind, { namespace: claim.metadata.namespace ?? '' })
    return items.some((pod) => uses(pod, claim))
  }),
})
