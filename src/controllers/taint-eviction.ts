// Deletes pods that do not tolerate a NoExecute taint of their node: at once, or when the time for which they tolerate
// it has run out. What it waits for is a taint or a timer; it looks at no node twice without a reason.

import { type Node, Node as NodeKind } from '#api/core/node.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import type { Taint, Toleration } from '#api/core/taint.ts'
import { isNotFound } from '#api/status-error.ts'
import { type Controller, type ControllerContext, controller, trigger } from '#client/controller.ts'
import { isEqual } from './equal.ts'
import { refTo } from './owners.ts'
import { deletePodFor } from './pod-disruption.ts'
import { byName, conditionOf, isTerminating, podsOnNode } from './pods.ts'

export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  if (operator === 'Exists') return true
  const have = taint.value ?? ''
  if (operator === 'Equal') return value === have
  if (!/^-?[0-9]+$/.test(value) || !/^-?[0-9]+$/.test(have)) return false
  return operator === 'Lt' ? BigInt(have) < BigInt(value) : BigInt(have) > BigInt(value)
}

export type Verdict =
  | { readonly evict: 'never' }
  | { readonly evict: 'now' }
  /** When the shortest of the tolerations that apply runs out. */
  | { readonly evict: 'later'; readonly atMs: number }

/** `sinceMs` says since when a taint has been acting on the pod. */
export function judge(
  tolerations: readonly Toleration[],
  taints: readonly Taint[],
  sinceMs: (taint: Taint) => number,
  nowMs: number,
): Verdict {
  if (taints.length === 0) return { evict: 'never' }
  let atMs = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint))
    if (matching.length === 0) return { evict: 'now' }
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined) atMs = Math.min(atMs, sinceMs(taint) + Math.max(0, tolerationSeconds) * 1000)
  }
  if (atMs === Number.POSITIVE_INFINITY) return { evict: 'never' }
  return atMs <= nowMs ? { evict: 'now' } : { evict: 'later', atMs }
}

const evicting = (node: Node | undefined): readonly Taint[] =>
  (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute')

/** When the pod came to its node: a taint does not count against it from before. */
const boundMs = (pod: Pod): number =>
  Date.parse(conditionOf(pod, 'PodScheduled')?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '') || 0

export function taintEviction(): Controller {
  /** Taints that do not say since when they are there: since we saw them. By node. */
  const seen = new Map<string, Map<string, number>>()
  /** Pods that were told that they will go, so that a change of mind can be told as well. */
  const told = new Set<string>()

  const noteTaints = (node: string, taints: readonly Taint[], nowMs: number): void => {
    const before = seen.get(node)
    if (taints.length === 0) seen.delete(node)
    else seen.set(node, new Map(taints.map((taint) => [keyOf(taint), before?.get(keyOf(taint)) ?? nowMs])))
  }

  const sinceMs = (pod: Pod, nowMs: number) => (taint: Taint) => {
    const addedMs = taint.timeAdded
      ? Date.parse(taint.timeAdded)
      : (seen.get(pod.spec.nodeName ?? '')?.get(keyOf(taint)) ?? nowMs)
    return Math.max(addedMs, boundMs(pod))
  }

  return controller({
    name: 'taint-eviction-controller',
    account: 'node-controller',
    triggers: [
      trigger(NodeKind, (next, old, { informers, clock }) => {
        const taints = evicting(next)
        if (isEqual(taints, evicting(old))) return []
        const name = (next ?? old)?.metadata.name ?? ''
        noteTaints(name, taints, clock.now())
        return [...podsOnNode(informers, name)].sort(byName).map(refTo)
      }),
      trigger(PodKind, (next, old, { informers }) => {
        if (!next) {
          told.delete(`${old?.metadata.namespace}/${old?.metadata.name}`)
          return []
        }
        if (!next.spec.nodeName) return []
        const same = old?.spec.nodeName === next.spec.nodeName && isEqual(old.spec.tolerations, next.spec.tolerations)
        const node = informers.of(NodeKind).get(undefined, next.spec.nodeName)
        return same || evicting(node).length === 0 ? [] : [refTo(next)]
      }),
    ],
    async reconcile({ namespace, name }, context) {
      const { informers, clock, events } = context
      const pod = informers.of(PodKind).get(namespace, name)
      if (!pod?.spec.nodeName || isTerminating(pod)) return
      const taints = evicting(informers.of(NodeKind).get(undefined, pod.spec.nodeName))
      const verdict = judge(pod.spec.tolerations ?? [], taints, sinceMs(pod, clock.now()), clock.now())
      const key = `${namespace}/${name}`
      switch (verdict.evict) {
        case 'never':
          if (told.delete(key))
            events.record(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`)
          return
        case 'later':
          told.add(key)
          return { againAfterMs: verdict.atMs - clock.now() }
        case 'now':
          told.delete(key)
          events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`)
          await evict(pod, context)
          return
      }
    },
  })
}

const keyOf = ({ key, value = '' }: Taint): string => `${key}=${value}`

async function evict(pod: Pod, context: ControllerContext): Promise<void> {
  const text = 'Taint manager: deleting due to NoExecute taint'
  await deletePodFor(pod, { reason: 'DeletionByTaintManager', message: text }, {}, context).catch((error) => {
    if (!isNotFound(error)) throw error
  })
}
