// What a client is told whom a policy refuses, in upstream's form: an error about the resource as a whole, with the
// reason that the policy gives and a code that fits it.

import { forbidden, StatusError, type StatusReason } from '#api/status-error.ts'
import type { AdmissionContext } from '../admission.ts'

const codes: Partial<Record<StatusReason, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
}

/** One that the server is yet to name is called by the beginning of its name. */
function nameOf({ name, object, generatedName }: AdmissionContext): string {
  const { generateName = '' } = object?.metadata ?? {}
  return (generatedName && generateName !== '' ? generateName : name) || generateName || 'Unknown'
}

export interface Denial {
  readonly policy: string
  readonly binding: string | undefined
  readonly message: string
  readonly reason: StatusReason
}

export function denied(context: AdmissionContext, { policy, binding, message, reason }: Denial): StatusError {
  const by = binding === undefined ? '' : ` with binding '${binding}'`
  const text = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`
  const error = forbidden(context.kind, nameOf(context), text)
  const details = { ...error.details, causes: [{ message: text }] }
  return new StatusError(codes[reason] ?? 422, reason, error.message, details)
}

export interface Failure {
  readonly policy: string
  readonly binding: string | undefined
  readonly message: string
  readonly reason?: StatusReason
}

/** A mutation cannot refuse a request, but fail; the first failure is the error, and all of them are its causes. */
export function mutationFailed(context: AdmissionContext, failures: readonly [Failure, ...Failure[]]): StatusError {
  const texts = failures.map(({ policy, binding, message }) =>
    binding === undefined
      ? `policy ${JSON.stringify(policy)} denied request: ${message}`
      : `policy '${policy}' with binding '${binding}' denied request: ${message}`,
  )
  const { code, reason, details } = forbidden(context.kind, nameOf(context), '')
  const causes = texts.map((message) => ({ message }))
  return new StatusError(code, failures[0].reason ?? reason, texts[0] as string, { ...details, causes })
}
