// Brings a Deployment's pods to its template, by sizing one ReplicaSet per version of the template.
//
// Assumes ReplicaSets keep as many pods as they are told. Guarantees: while rolling, never fewer available pods than
// maxUnavailable allows by its own doing, and never more pods than maxSurge; what a user sees of it (revisions,
// conditions, events, names of annotations) is upstream's.

import { type Deployment, Deployment as DeploymentKind } from '#api/apps/deployment.ts'
import type { DeploymentStatus } from '#api/apps/deployment-types.ts'
import { type ReplicaSet, ReplicaSet as ReplicaSetKind } from '#api/apps/replica-set.ts'
import { Pod as PodKind } from '#api/core/pod.ts'
import { parsedSelector } from '#api/labels.ts'
import { isAlreadyExists, isNotFound } from '#api/status-error.ts'
import { type ControllerContext, controller, trigger } from '#client/controller.ts'
import { errorText } from '#lib/log.ts'
import { withCondition } from './conditions.ts'
import { type Action, plan, type SetDraft, sizeAnnotations } from './deployment-plan.ts'
import { findNewSet, isSameTemplate, revisionAnnotation } from './deployment-revision.ts'
import { deadlineMs, hasDeadline, isComplete, progressing } from './deployment-status.ts'
import { isEqual } from './equal.ts'
import { claims, controllerOf, controllerReference, isOfKind, refTo, settleClaims } from './owners.ts'
import { byName, podsOwnedBy } from './pods.ts'
import { isNamespaceLeaving, setsByOwner } from './replica-set.ts'

export const deployment = controller({
  name: 'deployment-controller',
  account: 'deployment-controller',
  reconciles: DeploymentKind,
  owns: [ReplicaSetKind],
  triggers: [
    trigger(ReplicaSetKind, (set, old, { informers }) => {
      if (!set || controllerOf(set)) return []
      if (old && !controllerOf(old) && isEqual(old.metadata.labels, set.metadata.labels)) return []
      const candidates = informers.of(DeploymentKind).list(set.metadata.namespace)
      return candidates.filter((one) => parsedSelector(one.spec.selector).matches(set.metadata.labels)).map(refTo)
    }),
    // Recreate waits for the last pod of the old version to go.
    trigger(PodKind, (pod, old, { informers }) => {
      const owner = old && !pod ? controllerOf(old) : undefined
      if (!owner || !isOfKind(owner, ReplicaSetKind)) return []
      const set = informers.of(ReplicaSetKind).get(old?.metadata.namespace, owner.name)
      const parent = set && controllerOf(set)
      if (!parent || !isOfKind(parent, DeploymentKind)) return []
      const found = informers.of(DeploymentKind).get(set.metadata.namespace, parent.name)
      return found?.spec.strategy.type === 'Recreate' ? [refTo(found)] : []
    }),
  ],
  async reconcile({ namespace, name }, context) {
    const { client, informers, events, clock } = context
    const found = informers.of(DeploymentKind).get(namespace, name)
    if (!found) return
    if (parsedSelector(found.spec.selector).matchesEverything) {
      const text = 'This deployment is selecting all pods. A non-empty selector is required.'
      events.record(found, 'Warning', 'SelectingAll', text)
      await putStatus(found, { ...found.status, observedGeneration: found.metadata.generation }, context)
      return
    }
    const candidates = [
      ...setsByOwner(informers, found.metadata.uid ?? ''),
      ...setsByOwner(informers, `orphans/${namespace ?? ''}`),
    ]
    const claimed = claims(found, parsedSelector(found.spec.selector), candidates.sort(byName))
    if (await settleClaims(client, DeploymentKind, found, ReplicaSetKind, claimed)) return
    const sets = claimed.mine
    const { actions, status, revision } = plan(found, sets, oldPodsRun(found, sets, context), clock.now())

    let outcome: Outcome = { status }
    for (const action of actions) outcome = await act(found, action, outcome, context)
    const current =
      revision !== undefined && !outcome.again
        ? await client.update(DeploymentKind, annotated(found, revisionAnnotation, revision))
        : found
    await putStatus(current, outcome.status, context)
    if (outcome.error !== undefined) throw outcome.error
    const atMs = found.spec.paused ? undefined : deadlineMs(found, outcome.status)
    if (atMs !== undefined && !isComplete(found, outcome.status))
      return { againAfterMs: Math.max(0, atMs - clock.now()) + 1000 }
    return
  },
})

const annotated = (found: Deployment, name: string, value: string): Deployment => ({
  ...found,
  metadata: { ...found.metadata, annotations: { ...found.metadata.annotations, [name]: value } },
})

/** Only Recreate asks. A pod that has ended does not run; one that is being deleted still does. */
function oldPodsRun(found: Deployment, sets: readonly ReplicaSet[], { informers }: ControllerContext): boolean {
  if (found.spec.strategy.type !== 'Recreate') return false
  const newest = findNewSet(found, sets)
  return sets.some(
    (set) =>
      set !== newest &&
      ((set.status.replicas ?? 0) > 0 ||
        podsOwnedBy(informers, set.metadata.uid ?? '').some(
          ({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed',
        )),
  )
}

interface Outcome {
  readonly status: DeploymentStatus
  /** The run must be repeated from the start; what follows from this plan is off. */
  readonly again?: true
  readonly error?: unknown
}

async function act(found: Deployment, action: Action, outcome: Outcome, context: ControllerContext): Promise<Outcome> {
  if (outcome.again) return outcome
  const { client } = context
  switch (action.do) {
    case 'create':
      return create(found, action.set, action.replicas, outcome, context)
    case 'update': {
      const { set, annotations, replicas, minReadySeconds } = action
      await client.update(ReplicaSetKind, {
        ...set,
        metadata: { ...set.metadata, annotations },
        spec: { ...set.spec, replicas, minReadySeconds },
      })
      recordScaling(found, set.metadata.name ?? '', set.spec.replicas ?? 1, replicas, context)
      return outcome
    }
    case 'delete':
      await client.delete(ReplicaSetKind, refTo(action.set), { uid: action.set.metadata.uid }).catch((error) => {
        if (!isNotFound(error)) throw error
      })
      return outcome
  }
}

function recordScaling(found: Deployment, set: string, from: number, to: number, { events }: ControllerContext): void {
  if (from === to) return
  const direction = from < to ? 'up' : 'down'
  events.record(found, 'Normal', 'ScalingReplicaSet', `Scaled ${direction} replica set ${set} from ${from} to ${to}`)
}

async function create(
  found: Deployment,
  set: SetDraft,
  replicas: number,
  outcome: Outcome,
  context: ControllerContext,
): Promise<Outcome> {
  const { client, clock } = context
  const { name } = set.metadata
  const note = (status: 'True' | 'False', reason: string, text: string): DeploymentStatus => {
    if (!hasDeadline(found)) return outcome.status
    const conditions = withCondition(outcome.status.conditions ?? [], progressing(status, reason, text, clock.now()))
    return { ...outcome.status, conditions: [...conditions] }
  }
  try {
    await client.create(ReplicaSetKind, {
      ...set,
      metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, ...sizeAnnotations(found) } },
      spec: { ...set.spec, replicas },
    })
  } catch (error) {
    if (isNamespaceLeaving(error)) return { ...outcome, again: true }
    if (isAlreadyExists(error)) return collide(found, name, outcome, context)
    const text = `Failed to create new replica set "${name}": ${errorText(error)}`
    return { status: note('False', 'ReplicaSetCreateError', text), again: true, error }
  }
  recordScaling(found, name, 0, replicas, context)
  return { ...outcome, status: note('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`) }
}

/** The name is taken: by our own set that the informer does not show yet, or by another, and then the count of
 *  collisions makes another name. */
async function collide(
  found: Deployment,
  name: string,
  outcome: Outcome,
  { client }: ControllerContext,
): Promise<Outcome> {
  const there = await client.get(ReplicaSetKind, { namespace: found.metadata.namespace, name })
  const isOurs = controllerOf(there)?.uid === controllerReference(DeploymentKind, found).uid
  const error = new Error(`ReplicaSet "${name}" exists already`)
  if (isOurs && isSameTemplate(there.spec.template, found.spec.template)) return { ...outcome, again: true, error }
  const status = { ...outcome.status, collisionCount: (found.status.collisionCount ?? 0) + 1 }
  return { status, again: true, error }
}

async function putStatus(found: Deployment, status: DeploymentStatus, { client }: ControllerContext): Promise<void> {
  if (isEqual(status, found.status)) return
  await client.updateStatus(DeploymentKind, { ...found, status })
}
