// Records requests as the policy says. A record is handed to a sink, which puts it together there. A request waits for
// its records only where the sink wants that, and is refused where its coming has to be recorded and cannot be.

import { internalError, type StatusBody } from '#api/status-error.ts'
import type { Attributes } from '../access.ts'
import { toStatusError } from '../answer.ts'
import { attributesOf, type Call } from '../call.ts'
import type { ApiResponse, ResponseBody } from '../request.ts'
import { requestObject, responseObject } from './bodies.ts'
import type { AuditEntry } from './entry.ts'
import { eventAt, type Outcome } from './event.ts'
import { type AuditStage, verdictOf } from './policy.ts'

/** For admission and others who have something to say about the request. */
export function annotate({ audit }: Call, key: string, value: string): void {
  if (audit && !Object.hasOwn(audit.annotations, key)) audit.annotations[key] = value
}

function record(
  stage: AuditStage,
  call: Call,
  entry: AuditEntry,
  outcome?: Outcome,
  response?: ApiResponse,
): boolean | Promise<boolean> {
  const { level, omitStages } = entry.verdict
  if (omitStages.has(stage)) return true
  const isComplete = level === 'RequestResponse' && stage !== 'RequestReceived'
  // A creation says in its object which one it is about, whatever else is kept of it.
  const reads = call.info.verb === 'create' || level !== 'Metadata'
  const make = eventAt(stage, call, entry, outcome, () => ({
    ...(reads && stage !== 'RequestReceived' ? { requestObject: requestObject(call) } : {}),
    ...(isComplete && response ? { responseObject: responseObject(call, response) } : {}),
  }))
  return call.core.audit?.sink.take(make) ?? true
}

function begin(call: Call, attributes: Attributes): AuditEntry | undefined {
  const verdict = verdictOf(call.core.audit!.policy, attributes)
  if (verdict.level === 'None') return undefined
  const receivedMs = call.core.clock.now()
  return {
    verdict,
    user: attributes.user,
    receivedMs,
    annotations: { ...call.annotations },
    impersonatedUser: undefined,
  }
}

export function audit(call: Call, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  const entry = call.core.audit && begin(call, attributesOf(call))
  return entry ? audited(call, entry, next) : next()
}

async function audited(call: Call, entry: AuditEntry, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  call.audit = entry
  const isTaken = record('RequestReceived', call, entry)
  if (isTaken === false || (isTaken !== true && !(await isTaken)))
    throw internalError(new Error('failed to store audit event'))
  let response: ApiResponse
  try {
    response = await next()
  } catch (error) {
    const { code, body } = toStatusError(error)
    await record('ResponseComplete', call, entry, { code, status: body })
    throw error
  }
  const { body } = response
  if (body.type !== 'stream' && body.type !== 'watch' && body.type !== 'upgrade') {
    const isTaken = record('ResponseComplete', call, entry, outcomeOf(response), response)
    if (isTaken instanceof Promise) await isTaken
    return response
  }
  const outcome: Outcome = { code: body.type === 'upgrade' ? 101 : response.status }
  const isStarted = record('ResponseStarted', call, entry, outcome)
  if (isStarted instanceof Promise) await isStarted
  return { ...response, body: untilEnd(body, () => void record('ResponseComplete', call, entry, outcome)) }
}

/** Somebody who could not say who he is: recorded by what he tried. */
export function auditUnauthorized(call: Call, error: unknown): void {
  if (!call.core.audit) return
  const entry = begin(call, attributesOf(call))
  if (!entry) return
  const { code, body } = toStatusError(error)
  const scheme = call.request.headers.authorization?.split(' ')[0]?.toLowerCase() ?? 'no credentials'
  const status: StatusBody = { ...body, message: `Authentication failed, attempted: ${scheme}` }
  record('ResponseStarted', call, entry, { code, status })
}

function outcomeOf({ status, body }: ApiResponse): Outcome {
  const object = body.type === 'object' ? body.object : undefined
  return object?.kind === 'Status' ? { code: status, status: object as unknown as StatusBody } : { code: status }
}

function untilEnd(body: ResponseBody, onEnd: () => void): ResponseBody {
  if (body.type === 'stream') return { ...body, batches: ending(body.batches, onEnd) }
  if (body.type === 'watch') return { ...body, events: ending(body.events, onEnd) }
  if (body.type !== 'upgrade') return body
  return {
    ...body,
    accept: (takeOver) => {
      takeOver.socket.once('close', onEnd)
      return body.accept(takeOver)
    },
  }
}

async function* ending<T>(items: AsyncIterable<T>, onEnd: () => void): AsyncIterable<T> {
  try {
    yield* items
  } finally {
    onEnd()
  }
}
