// Responses, and the one place where an error becomes a Status.

import type { ApiObject } from '#api/kind.ts'
import { Status } from '#api/meta/status.ts'
import { encodeProtobufAs, protobufContentType } from '#api/protobuf-envelope.ts'
import { expired, internalError, StatusError } from '#api/status-error.ts'
import type { Log } from '#lib/log.ts'
import { Compacted } from '#store/store.ts'
import { mediaFor } from './encode/negotiate.ts'
import { yamlText } from './encode/yaml.ts'
import type { ApiRequest, ApiResponse } from './request.ts'

const encoder = new TextEncoder()

export const encodeText = (text: string): Uint8Array => encoder.encode(text)

export type Headers = Record<string, string | readonly string[]>

export const json = (status: number, value: unknown, headers: Headers = {}): ApiResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: { type: 'bytes', chunks: [encodeText(`${JSON.stringify(value)}\n`)] },
})

export const plain = (status: number, text: string, headers: Headers = {}): ApiResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  body: { type: 'bytes', chunks: [encodeText(text)] },
})

/** What upstream's mux says of a path that nothing is registered for. */
export const pageNotFound = (): ApiResponse => plain(404, '404 page not found\n')

/** A value for a caller in this process, or as JSON for the others. */
export const value = (status: number, object: object, raw: boolean | undefined): ApiResponse =>
  raw ? { status, headers: {}, body: { type: 'object', object: object as ApiObject } } : json(status, object)

/** What upstream says of a resource that a version it serves does not have. */
export const noSuchResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** Every failure as the StatusError that the client is to see. */
export function toStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error
  if (error instanceof Compacted) return expired('The resourceVersion for the provided list is too old.')
  return internalError(error)
}

/** `accept` is the header of that name: a Status comes in the form that an object would have come in. */
export function errorResponse(error: unknown, log: Log, accept?: string): ApiResponse {
  const status = toStatusError(error)
  if (status.code === 500) log.error('request failed', { error: String(error), stack: (error as Error)?.stack })
  const headers: Headers = {}
  const retryAfter = status.details?.retryAfterSeconds
  if (retryAfter !== undefined && retryAfter > 0) headers['retry-after'] = String(retryAfter)
  return statusAnswer(status.code, status.body, accept, headers)
}

/** The Status of what went well. */
export const successAnswer = (code: number, status: object, { raw, headers }: ApiRequest): ApiResponse =>
  raw ? value(code, status, true) : statusAnswer(code, status, headers.accept)

function statusAnswer(code: number, status: object, accept: string | undefined, headers: Headers = {}): ApiResponse {
  switch (mediaFor(accept)) {
    case 'protobuf': {
      const chunks = [encodeProtobufAs({ apiVersion: 'v1', kind: 'Status' }, Status, status)]
      return {
        status: code,
        headers: { 'content-type': protobufContentType, ...headers },
        body: { type: 'bytes', chunks },
      }
    }
    case 'yaml': {
      const chunks = [encodeText(yamlText(status))]
      return {
        status: code,
        headers: { 'content-type': 'application/yaml', ...headers },
        body: { type: 'bytes', chunks },
      }
    }
    default:
      return json(code, status, headers)
  }
}

/** `metav1.Status` of a deletion that has been carried out. */
export const successStatus = (details: object): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details,
})
