// pods/eviction: a deletion that respects disruption budgets. A budget that has nothing left refuses with 429, so
// that the client tries again later.

import { isConditionTrue } from '#api/conditions.ts'
import type { Pod } from '#api/core/pod.ts'
import { selectorOf } from '#api/labels.ts'
import { Eviction } from '#api/policy/eviction.ts'
import { PodDisruptionBudget } from '#api/policy/pod-disruption-budget.ts'
import { badRequest, forbidden, notFound, type StatusCause, StatusError } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import type { StoredObject } from '#store/store.ts'
import { admitRequest } from '../admission/admission.ts'
import { methodNotAllowed, successAnswer, successStatus } from '../answer.ts'
import { decodeBody } from '../body.ts'
import type { KindCall } from '../call.ts'
import { deleteOptions, writeQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { selectionOf } from '../selection.ts'
import { draftOf, objectOf } from '../stored.ts'
import { deleteObject } from '../verbs/delete.ts'
import { change } from '../verbs/update.ts'

export async function podEviction(call: KindCall): Promise<ApiResponse> {
  const { info, registry, request } = call
  if (info.verb !== 'create') throw methodNotAllowed()
  const query = writeQuery(request.query, 'CreateOptions')
  const eviction = decodeBody<Eviction>(call, Eviction, query.fieldValidation)
  if (eviction.metadata.name && eviction.metadata.name !== info.name)
    throw badRequest('name in URL does not match name in Eviction object')
  const dryRun = query.dryRun || deleteOptions(request.query, eviction.deleteOptions ?? {}).dryRun
  await admitRequest(call, eviction, dryRun)
  // As admission has left them.
  const asked = deleteOptions(request.query, eviction.deleteOptions ?? {})
  const stored = registry.get(info.namespace, info.name)
  const pod = objectOf(stored) as Pod
  const { uid } = pod.metadata
  const budget = needsNoBudget(pod) ? undefined : budgetOf(call, pod)
  if (budget && !isFree(pod, objectOf(budget) as PodDisruptionBudget)) await spend(call, budget, dryRun)
  if (!needsNoBudget(pod) && !dryRun) await markDisrupted(call, uid)
  const preconditions = { ...asked.preconditions, uid: asked.preconditions?.uid ?? uid }
  // The mark has changed the pod; that it is the one that was looked at is what the UID says.
  const ours = { ...preconditions, resourceVersion: undefined }
  await deleteObject(call, info.namespace, info.name, { ...asked, dryRun, preconditions: ours }, [])
  return successAnswer(201, { ...successStatus({}), details: undefined, code: 201 }, request)
}

/** A pod that does not serve anybody yet, or any more, can go without asking. */
const needsNoBudget = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined ||
  status.phase === 'Succeeded' ||
  status.phase === 'Failed' ||
  status.phase === 'Pending'

const budgetCall = (call: KindCall, name: string): KindCall => ({
  ...call,
  kind: PodDisruptionBudget,
  registry: call.core.registries.of(call.core.kinds.inGroup('policy', 'PodDisruptionBudget') ?? PodDisruptionBudget),
  info: { ...call.info, group: 'policy', resource: PodDisruptionBudget.plural, subresource: 'status', name },
})

function budgetOf(call: KindCall, pod: Pod): StoredObject | undefined {
  const { registry, kind } = budgetCall(call, '')
  const namespace = pod.metadata.namespace ?? ''
  const budgets = registry.select(selectionOf(kind, { namespace })).filter((stored) => {
    const { spec } = objectOf(stored) as PodDisruptionBudget
    return selectorOf(spec.selector).matches(pod.metadata.labels)
  })
  if (budgets.length > 1)
    throw new StatusError(
      500,
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  return budgets[0]
}

/** A pod that is not ready takes nothing from a budget that is met without it, or that says so. */
function isFree(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isConditionTrue(pod.status.conditions, 'Ready')) return false
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy
}

/** So many evictions may wait for the controller to see them. */
const maxDisruptedPods = 2000

async function spend(call: KindCall, stored: StoredObject, dryRun: boolean): Promise<void> {
  const name = objectOf(stored).metadata.name ?? ''
  const nowMs = call.core.clock.now()
  const podName = call.info.name
  const options = { dryRun, fieldManager: '', subresource: 'status', stages: [] }
  await change(budgetCall(call, name), options, (current) => {
    const budget = draftOf(current) as PodDisruptionBudget
    const { status, metadata } = budget
    if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
      throw tooMany({ message: `The disruption budget ${name} is still being processed by the server.` }, 10)
    if (status.disruptionsAllowed < 0) throw forbidden(PodDisruptionBudget, name, 'pdb disruptions allowed is negative')
    if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods)
      throw forbidden(
        PodDisruptionBudget,
        name,
        'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
      )
    if (status.disruptionsAllowed === 0)
      throw tooMany({
        message: `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`,
      })
    status.disruptionsAllowed--
    status.disruptedPods = { ...status.disruptedPods, [podName]: formatTime(nowMs) }
    return budget
  })
}

const tooMany = (cause: StatusCause, retryAfterSeconds = 0): StatusError =>
  new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
    causes: [{ reason: 'DisruptionBudget', ...cause }],
  })

/** Tells why the pod ends, for whoever looks at what is left of it. */
async function markDisrupted(call: KindCall, uid: string | undefined): Promise<void> {
  const lastTransitionTime = formatTime(call.core.clock.now())
  await change(call, { dryRun: false, fieldManager: '', subresource: 'status', stages: [] }, (current) => {
    const pod = draftOf(current) as Pod
    if (pod.metadata.uid !== uid) throw notFound(call.kind, call.info.name)
    const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastTransitionTime,
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    }
    pod.status.conditions = [...others, condition]
    return pod
  })
}
