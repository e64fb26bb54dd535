// Keeps the status of each PodDisruptionBudget: how many of its pods are healthy, how many have to be, and so how many
// may be evicted now. The eviction subresource reads it and counts down.

import { Deployment as DeploymentKind } from '#api/apps/deployment.ts'
import { ReplicaSet as ReplicaSetKind } from '#api/apps/replica-set.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import { scaledValue } from '#api/int-or-string.ts'
import { parsedSelector } from '#api/labels.ts'
import type { Condition } from '#api/meta/condition.ts'
import {
  PodDisruptionBudget as BudgetKind,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '#api/policy/pod-disruption-budget.ts'
import { type ControllerContext, controller, trigger } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'
import { isEqual } from './equal.ts'
import { controllerOf, isOfKind, refTo } from './owners.ts'
import { byName, isReady, isTerminal, isTerminating } from './pods.ts'

/** An eviction that was granted and of which nothing has come within this time is taken back. */
const evictionMs = 120_000

/** How many pods their owners want in all; undefined where a budget cannot be reckoned from it. */
export type Scale = { readonly expected: number } | { readonly failure: string }

export interface Plan {
  readonly status: PodDisruptionBudgetStatus
  readonly againAtMs: number | undefined
  /** Pods of which an eviction was granted that did not happen. */
  readonly undeleted: readonly Pod[]
}

export function plan(budget: PodDisruptionBudget, pods: readonly Pod[], scale: Scale, nowMs: number): Plan {
  const { disruptedPods, againAtMs, undeleted } = stillDisrupted(budget, pods, nowMs)
  const old = budget.status
  if ('failure' in scale) {
    const condition = allowed(old.conditions, budget, 'False', 'SyncFailed', scale.failure, nowMs)
    return { status: { ...old, disruptionsAllowed: 0, conditions: [condition] }, againAtMs, undeleted }
  }
  const { minAvailable, maxUnavailable } = budget.spec
  const isCount = typeof minAvailable === 'number'
  const expected = isCount ? pods.length : scale.expected
  const desired =
    maxUnavailable !== undefined
      ? Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up'))
      : scaledValue(minAvailable ?? 0, expected, 'up')
  const healthy = pods.filter(
    (pod) => !isTerminating(pod) && disruptedPods[pod.metadata.name ?? ''] === undefined && isReady(pod),
  ).length
  const disruptions = expected > 0 ? Math.max(0, healthy - desired) : 0
  const condition = allowed(
    old.conditions,
    budget,
    disruptions > 0 ? 'True' : 'False',
    disruptions > 0 ? 'SufficientPods' : 'InsufficientPods',
    '',
    nowMs,
  )
  return {
    status: {
      ...(budget.metadata.generation ? { observedGeneration: budget.metadata.generation } : {}),
      ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
      disruptionsAllowed: disruptions,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      conditions: [condition],
    },
    againAtMs,
    undeleted,
  }
}

function allowed(
  old: readonly Condition[] | undefined,
  budget: PodDisruptionBudget,
  status: string,
  reason: string,
  message: string,
  nowMs: number,
): Condition {
  const before = old?.find(({ type }) => type === 'DisruptionAllowed')
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs)
  const { generation } = budget.metadata
  const seen = generation ? { observedGeneration: generation } : {}
  return { type: 'DisruptionAllowed', status, ...seen, lastTransitionTime, reason, message }
}

function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], nowMs: number) {
  const disruptedPods: Record<string, string> = {}
  const undeleted: Pod[] = []
  let againAtMs: number | undefined
  for (const pod of pods) {
    const name = pod.metadata.name ?? ''
    const since = budget.status.disruptedPods?.[name]
    if (since === undefined || isTerminating(pod)) continue
    const untilMs = Date.parse(since) + evictionMs
    if (untilMs < nowMs) {
      undeleted.push(pod)
      continue
    }
    disruptedPods[name] = since
    againAtMs = Math.min(againAtMs ?? untilMs, untilMs)
  }
  return { disruptedPods, undeleted, againAtMs }
}

/** What the owners of the pods want in all. A pod without an owner that has a scale cannot be counted on. */
function scaleOf(pods: readonly Pod[], { informers }: ControllerContext): Scale {
  const wanted = new Map<string, number>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner) continue
    if (!isOfKind(owner, ReplicaSetKind))
      return { failure: `found no controllers for pod ${JSON.stringify(pod.metadata.name)}` }
    const set = informers.of(ReplicaSetKind).get(pod.metadata.namespace, owner.name)
    if (!set || set.metadata.uid !== owner.uid)
      return { failure: `found no controllers for pod ${JSON.stringify(pod.metadata.name)}` }
    const above = controllerOf(set)
    const parent =
      above && isOfKind(above, DeploymentKind)
        ? informers.of(DeploymentKind).get(set.metadata.namespace, above.name)
        : undefined
    if (above && parent?.metadata.uid === above.uid) wanted.set(above.uid, parent.spec.replicas ?? 1)
    else wanted.set(owner.uid, set.spec.replicas ?? 1)
  }
  return { expected: [...wanted.values()].reduce((sum, replicas) => sum + replicas, 0) }
}

const budgetsFor = (pod: Pod, { informers }: ControllerContext) =>
  informers
    .of(BudgetKind)
    .list(pod.metadata.namespace)
    .filter((budget) => parsedSelector(budget.spec.selector).matches(pod.metadata.labels))
    .map(refTo)

const factsOf = (pod: Pod): unknown => [pod.metadata.labels, isReady(pod), isTerminating(pod), isTerminal(pod)]

/** A change of scale wakes the budgets of the namespace: there are few of them. */
const budgetsOfNamespace = (namespace: string | undefined, { informers }: ControllerContext) =>
  informers.of(BudgetKind).list(namespace).map(refTo)

export const disruption = controller({
  name: 'disruption-controller',
  account: 'disruption-controller',
  reconciles: BudgetKind,
  triggers: [
    trigger(PodKind, (next, old, context) => {
      if (context.informers.of(BudgetKind).list((next ?? old)?.metadata.namespace).length === 0) return []
      if (next && old && isEqual(factsOf(next), factsOf(old))) return []
      return [...(next ? budgetsFor(next, context) : []), ...(old ? budgetsFor(old, context) : [])]
    }),
    trigger(ReplicaSetKind, (next, old, context) =>
      next?.spec.replicas === old?.spec.replicas ? [] : budgetsOfNamespace((next ?? old)?.metadata.namespace, context),
    ),
    trigger(DeploymentKind, (next, old, context) =>
      next?.spec.replicas === old?.spec.replicas ? [] : budgetsOfNamespace((next ?? old)?.metadata.namespace, context),
    ),
  ],
  async reconcile({ namespace, name }, context) {
    const { client, informers, events, clock } = context
    const budget = informers.of(BudgetKind).get(namespace, name)
    if (!budget) return
    const matching = parsedSelector(budget.spec.selector)
    const pods = informers.of(PodKind).list(namespace)
    const mine = pods.filter((pod) => !isTerminal(pod) && matching.matches(pod.metadata.labels)).sort(byName)
    if (mine.length === 0) events.record(budget, 'Normal', 'NoPods', 'No matching pods found')
    const scale = scaleOf(mine, context)
    if ('failure' in scale)
      events.record(
        budget,
        'Warning',
        'CalculateExpectedPodCountFailed',
        `Failed to calculate the number of expected pods: ${scale.failure}`,
      )
    const { status, againAtMs, undeleted } = plan(budget, mine, scale, clock.now())
    for (const pod of undeleted)
      events.record(
        pod,
        'Warning',
        'NotDeleted',
        `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`,
      )
    // With the resourceVersion: an eviction that counts down at the same moment must not be undone.
    if (!isEqual(status, budget.status)) await client.updateStatus(BudgetKind, { ...budget, status })
    if (againAtMs !== undefined) return { againAfterMs: againAtMs - clock.now() }
    return
  },
})
