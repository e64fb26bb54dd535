// For a caller in this process: the answer of an extension API server as objects, as this server's own answers are.

import type { IncomingMessage } from 'node:http'
import type { ApiObject } from '#api/kind.ts'
import { internalError, type StatusBody, StatusError } from '#api/status-error.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { readAll } from '#lib/read-all.ts'
import type { StoredObject } from '#store/store.ts'
import type { Call } from '../call.ts'
import type { ApiResponse, WatchEvent } from '../request.ts'
import { Decoded } from '../stored.ts'

const longestAnswerBytes = 256 * 1024 * 1024
/** Of one event of a watch. */
const longestLineBytes = 8 * 1024 * 1024

interface ListBody {
  readonly kind: string
  readonly apiVersion: string
  readonly items: readonly ApiObject[] | null
  readonly metadata?: {
    readonly resourceVersion?: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
}

export async function rawAnswer({ info }: Call, answer: IncomingMessage): Promise<ApiResponse> {
  const status = answer.statusCode ?? 502
  if (info.verb === 'watch' && status < 300)
    return { status, headers: {}, body: { type: 'watch', events: events(answer) } }
  const body = parse(String(await readAll(answer, { longestBytes: longestAnswerBytes, tooLong })))
  if (status >= 300) throw StatusError.fromBody(body as Partial<StatusBody>, status)
  if (info.verb === 'list') return { status, headers: {}, body: listOf(body as unknown as ListBody) }
  return { status, headers: {}, body: { type: 'object', object: deepFreeze(body as ApiObject) } }
}

const tooLong = () => internalError(new Error('the answer is too long'))

/** What is no JSON is an error's text. */
function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below.
  }
  return { message: text.trim().slice(0, 2048) }
}

function listOf({ kind = '', apiVersion, items, metadata = {} }: ListBody): ApiResponse['body'] {
  const single = kind.replace(/List$/, '')
  return {
    type: 'list',
    items: (items ?? []).map((item) => storedOf({ ...item, kind: single, apiVersion })),
    resourceVersion: metadata.resourceVersion ?? '',
    continue: metadata.continue ?? '',
    remaining: metadata.remainingItemCount,
  }
}

function storedOf(item: ApiObject): StoredObject {
  const object = deepFreeze(item)
  const bytes = Buffer.from(JSON.stringify(object))
  const { namespace = '', name = '', labels = {} } = object.metadata ?? {}
  return {
    bytes,
    key: `/${namespace}/${name}`,
    index: { labels, fields: {} },
    // Held by the object itself, which a list's reader takes at once.
    value: new Decoded(bytes, object),
    revision: 0,
    createdRevision: 0,
  }
}

async function* events(answer: IncomingMessage): AsyncGenerator<readonly WatchEvent[]> {
  let rest = ''
  answer.setEncoding('utf8')
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLineBytes) throw internalError(new Error('an event is too long'))
    const batch = lines.filter((line) => line !== '').map((line) => deepFreeze(JSON.parse(line) as WatchEvent))
    if (batch.length > 0) yield batch
  }
}
