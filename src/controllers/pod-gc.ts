// Takes away pods that nobody else will: those of nodes that have gone, those that nobody can end on a node that is
// out of service, and the oldest of too many that have ended.

import { isConditionTrue } from '#api/conditions.ts'
import { type Node, Node as NodeKind } from '#api/core/node.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import { isNotFound } from '#api/status-error.ts'
import type { Ref } from '#client/client.ts'
import { type Controller, type ControllerContext, controller, trigger } from '#client/controller.ts'
import type { Informer } from '#client/informer.ts'
import { deletePodFor } from './pod-disruption.ts'
import { byName, compareText, isTerminal, isTerminating, podsOnNode } from './pods.ts'

export interface PodGcOptions {
  /** So many ended pods are kept; zero or less keeps all. */
  readonly terminatedPodThreshold?: number
  /** How long a node must have been away: it may be registering anew. */
  readonly quarantineMs?: number
}

const outOfServiceTaint = 'node.kubernetes.io/out-of-service'

/** Two kinds of work have keys of their own beside the names of nodes. */
const endedKey: Ref = { namespace: 'pods', name: 'ended' }
const nodeKey = (name: string): Ref => ({ name })

function endedPods(context: ControllerContext): readonly Pod[] {
  const pods: Informer<typeof PodKind> = context.informers.of(PodKind)
  pods.addIndex('ended', (pod) => (isTerminal(pod) ? ['yes'] : []))
  return pods.byIndex('ended', 'yes')
}

/** The oldest of those beyond the threshold; pods that were evicted go before others. */
export function surplus(ended: readonly Pod[], threshold: number): readonly Pod[] {
  const count = ended.length - threshold
  if (threshold <= 0 || count <= 0) return []
  const evicted = ({ status }: Pod) => (status.reason === 'Evicted' ? 0 : 1)
  return [...ended]
    .sort(
      (a, b) =>
        evicted(a) - evicted(b) ||
        compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
        byName(a, b),
    )
    .slice(0, count)
}

const isOutOfService = (node: Node): boolean =>
  (node.spec.taints ?? []).some(({ key }) => key === outOfServiceTaint) &&
  !isConditionTrue(node.status.conditions, 'Ready')

export function podGc(options: PodGcOptions = {}): Controller {
  const { terminatedPodThreshold = 12_500, quarantineMs = 40_000 } = options
  return controller({
    name: 'pod-garbage-collector',
    account: 'pod-garbage-collector',
    triggers: [
      trigger(NodeKind, (next, old, { informers, enqueue }) => {
        const name = (next ?? old)?.metadata.name ?? ''
        if (!next) {
          if (podsOnNode(informers, name).length > 0) enqueue(nodeKey(name), quarantineMs)
          return []
        }
        return isOutOfService(next) ? [nodeKey(name)] : []
      }),
      trigger(PodKind, (next, old, context) => {
        if (!next) return []
        const keys: Ref[] = []
        const { nodeName } = next.spec
        const nodes = context.informers.of(NodeKind)
        if (nodeName && nodes.isSynced) {
          const node = nodes.get(undefined, nodeName)
          if (!node && old?.spec.nodeName !== nodeName) context.enqueue(nodeKey(nodeName), quarantineMs)
          if (node && isTerminating(next) && isOutOfService(node)) keys.push(nodeKey(nodeName))
        }
        if (!nodeName && isTerminating(next))
          keys.push({ namespace: next.metadata.namespace, name: next.metadata.name ?? '' })
        if (terminatedPodThreshold > 0 && isTerminal(next) && !(old && isTerminal(old)))
          if (endedPods(context).length > terminatedPodThreshold) keys.push(endedKey)
        return keys
      }),
    ],
    start({ informers, enqueue }) {
      const nodes = informers.of(NodeKind)
      podsOnNode(informers, '')
      const missing = new Set<string>()
      for (const { spec } of informers.of(PodKind).list())
        if (spec.nodeName && !nodes.get(undefined, spec.nodeName)) missing.add(spec.nodeName)
      for (const name of [...missing].sort()) enqueue(nodeKey(name), quarantineMs)
    },
    concurrency: 1,
    async reconcile({ namespace, name }, context) {
      const { informers } = context
      if (namespace === endedKey.namespace && name === endedKey.name) {
        for (const pod of surplus(endedPods(context), terminatedPodThreshold)) await remove(pod, undefined, context)
        return
      }
      if (namespace !== undefined) {
        const pod = informers.of(PodKind).get(namespace, name)
        if (pod && !pod.spec.nodeName && isTerminating(pod)) await remove(pod, undefined, context)
        return
      }
      const node = informers.of(NodeKind).get(undefined, name)
      const pods = [...podsOnNode(informers, name)].sort(byName)
      if (!node) {
        if (pods.length === 0 || (await isThere(name, context))) return
        for (const pod of pods) await remove(pod, 'PodGC: node no longer exists', context)
      } else if (isOutOfService(node))
        for (const pod of pods.filter(isTerminating)) await remove(pod, 'PodGC: node is out of service', context)
    },
  })
}

/** Asks the server itself: the informer may be behind. */
async function isThere(name: string, { client }: ControllerContext): Promise<boolean> {
  try {
    await client.get(NodeKind, { name })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

async function remove(pod: Pod, why: string | undefined, context: ControllerContext): Promise<void> {
  try {
    if (why !== undefined)
      await deletePodFor(pod, { reason: 'DeletionByPodGC', message: why }, { force: true }, context)
    else {
      const { namespace, name = '', uid } = pod.metadata
      await context.client.delete(PodKind, { namespace, name }, { uid, gracePeriodSeconds: 0 })
    }
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
