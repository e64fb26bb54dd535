// The one error that crosses the API's border, in both directions: the server turns it into a Status body, the
// client turns a Status body back into it. Reasons, codes and texts are upstream's
// (k8s.io/apimachinery/pkg/api/errors); tools parse them.

import { type FieldError, fieldErrorsText } from './field-errors.ts'
import type { Kind } from './kind.ts'

export type StatusReason =
  | ''
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable'

export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** `metav1.Status` as it stands in an answer. */
export interface StatusBody {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Record<string, never>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: StatusReason
  readonly details?: StatusDetails
  readonly code: number
}

export class StatusError extends Error {
  readonly code: number
  readonly reason: StatusReason
  readonly details: StatusDetails | undefined

  constructor(code: number, reason: StatusReason, text: string, details?: StatusDetails, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.name = 'StatusError'
    this.code = code
    this.reason = reason
    this.details = details
  }

  get body(): StatusBody {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }

  static fromBody(body: Partial<StatusBody>, httpStatus: number): StatusError {
    const text = body.message ?? `the server answered ${httpStatus}`
    return new StatusError(body.code ?? httpStatus, body.reason ?? '', text, body.details)
  }
}

type Named = Pick<Kind, 'group' | 'plural' | 'kind' | 'resource'>

const of = (kind: Named, name: string): StatusDetails => ({
  name,
  ...(kind.group === '' ? {} : { group: kind.group }),
  kind: kind.plural,
})

export const notFound = (kind: Named, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${kind.resource} ${JSON.stringify(name)} not found`, of(kind, name))

export const alreadyExists = (kind: Named, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${kind.resource} ${JSON.stringify(name)} already exists`, of(kind, name))

export const conflict = (kind: Named, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kind.resource} ${JSON.stringify(name)}: ${why}`,
    of(kind, name),
  )

export const forbidden = (kind: Named, name: string, why: string): StatusError =>
  new StatusError(403, 'Forbidden', `${kind.resource} ${JSON.stringify(name)} is forbidden: ${why}`, of(kind, name))

export const badRequest = (text: string): StatusError => new StatusError(400, 'BadRequest', text)

export const internalError = (error: unknown): StatusError => {
  const text = error instanceof Error ? error.message : String(error)
  return new StatusError(
    500,
    'InternalError',
    `Internal error occurred: ${text}`,
    { causes: [{ message: text }] },
    error,
  )
}

export const expired = (text: string): StatusError => new StatusError(410, 'Expired', text)

/** `Pod "a" is invalid: [spec.x: Required value, ...]`, one cause per field error. */
export function invalid(kind: Pick<Kind, 'group' | 'kind'>, name: string, errors: readonly FieldError[]): StatusError {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new StatusError(
    422,
    'Invalid',
    `${qualified} ${JSON.stringify(name)} is invalid: ${fieldErrorsText(errors)}`,
    {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      ...(kind.kind === '' ? {} : { kind: kind.kind }),
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  )
}

export const isNotFound = (error: unknown): boolean => error instanceof StatusError && error.code === 404
export const isConflict = (error: unknown): boolean => error instanceof StatusError && error.reason === 'Conflict'
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof StatusError && error.reason === 'AlreadyExists'
export const isGone = (error: unknown): boolean => error instanceof StatusError && error.code === 410
