// What becomes of a request that a webhook refuses, or that could not be put to it. Texts are upstream's.

import { badRequest, internalError, type StatusDetails, StatusError, type StatusReason } from '#api/status-error.ts'
import { isObject, type JsonObject } from '#lib/json.ts'

/** A webhook could not be asked, or what it said is no answer: its failurePolicy says what that means. */
export class CallFailed extends Error {
  /** For those who count. */
  readonly code: number

  constructor(webhook: string, why: string, code: number, cause?: unknown) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${why}`, { cause })
    this.code = code
  }
}

/** A webhook has said no. */
export class Denied extends Error {
  readonly status: StatusError

  constructor(status: StatusError) {
    super(status.message)
    this.status = status
  }
}

const leastErrorCode = 400

/** Whatever the webhook says, it is no success, and the client learns who refused. */
export function denialOf(webhook: string, result: JsonObject | undefined): StatusError {
  const { code, reason, message, details } = result ?? {}
  const by = `admission webhook ${JSON.stringify(webhook)} denied the request`
  const said = typeof message === 'string' ? message : ''
  const why = typeof reason === 'string' ? reason : ''
  const text = said !== '' ? `${by}: ${said}` : why !== '' ? `${by}: ${why}` : `${by} without explanation`
  const status =
    typeof code === 'number' && Number.isInteger(code) && code >= leastErrorCode && code < 1000 ? code : 400
  return new StatusError(status, why as StatusReason, text, isObject(details) ? (details as StatusDetails) : undefined)
}

export const dryRunUnsupported = (webhook: string): StatusError =>
  badRequest(`admission webhook ${JSON.stringify(webhook)} does not support dry run`)

/** What the client is told. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof Denied) return error.status
  if (error instanceof CallFailed) return internalError(error)
  return error
}
