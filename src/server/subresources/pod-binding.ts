// pods/binding: gives a pod its node, once. Also POST to `bindings`, whose body names the pod.

import { Binding } from '#api/core/binding.ts'
import type { Pod } from '#api/core/pod.ts'
import { FieldErrors } from '#api/field-errors.ts'
import { badRequest, invalid, StatusError } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import { admitRequest } from '../admission/admission.ts'
import { methodNotAllowed, successAnswer, successStatus } from '../answer.ts'
import { decodeBody } from '../body.ts'
import type { KindCall } from '../call.ts'
import { writeQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { draftOf } from '../stored.ts'
import { change } from '../verbs/update.ts'

export async function podBinding(call: KindCall): Promise<ApiResponse> {
  const { core, info, request } = call
  if (info.verb !== 'create') throw methodNotAllowed()
  const { dryRun, fieldValidation } = writeQuery(request.query, 'CreateOptions')
  const binding = decodeBody<Binding>(call, Binding, fieldValidation)
  const name = info.name === '' ? (binding.metadata.name ?? '') : info.name
  check(binding, name)
  const podCall: KindCall = { ...call, info: { ...info, name, subresource: 'binding' } }
  await admitRequest(podCall, binding, dryRun)
  const nowMs = core.clock.now()
  await change(podCall, { dryRun, fieldManager: '', subresource: 'binding', stages: [] }, (current) => {
    const pod = draftOf(current) as Pod
    bind(pod, binding, nowMs)
    return pod
  })
  return successAnswer(201, { ...successStatus({}), details: undefined, code: 201 }, request)
}

function check({ metadata, target }: Binding, name: string): void {
  if (metadata.name && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
  const errors = new FieldErrors()
  if (target.kind !== undefined && target.kind !== '' && target.kind !== 'Node')
    errors.notSupported('target.kind', target.kind, ['Node', '<empty>'])
  if ((target.name ?? '') === '') errors.required('target.name')
  if (errors.any) throw invalid(Binding, name, errors.all)
}

/** Writes the node into the pod, or refuses as upstream does. */
function bind(pod: Pod, { metadata, target }: Binding, nowMs: number): void {
  const name = pod.metadata.name ?? ''
  if (metadata.uid && metadata.uid !== pod.metadata.uid)
    throw refused(
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
    )
  if (pod.metadata.deletionTimestamp) throw refused(name, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (pod.spec.nodeName)
    throw refused(name, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  if (pod.spec.schedulingGates?.length) throw refused(name, `pod ${name} has non-empty .spec.schedulingGates`)
  pod.spec.nodeName = target.name
  if (metadata.labels) pod.metadata.labels = { ...pod.metadata.labels, ...metadata.labels }
  if (metadata.annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...metadata.annotations }
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(nowMs) }
  pod.status.conditions = [...others, scheduled]
}

const refused = (name: string, why: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on pods/binding ${JSON.stringify(name)}: ${why}`, {
    name,
    kind: 'pods/binding',
  })
