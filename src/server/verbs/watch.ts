// WATCH: what is there, if the client does not say from where, and then every change after that, until the client
// goes, its time is over, the server stops, or it reads too slowly. Whatever has gathered is written at once.

import type { ApiObject } from '#api/kind.ts'
import { badRequest, expired, type StatusBody, type StatusError } from '#api/status-error.ts'
import { BufferOverflow } from '#lib/async-buffer.ts'
import type { Timer } from '#lib/clock.ts'
import { byteMessage, textMessage } from '#lib/web-socket.ts'
import { Compacted, type StoredObject } from '#store/store.ts'
import { toStatusError } from '../answer.ts'
import type { KindCall } from '../call.ts'
import type { Encoding } from '../encode/encoding.ts'
import { encodingFor } from '../encode/encoding-for.ts'
import { openWatches } from '../open-watches.ts'
import { type ListQuery, listQuery, parseRevision } from '../options.ts'
import type { ApiRequest, ApiResponse, WatchEvent } from '../request.ts'
import { selectionOf } from '../selection.ts'
import { objectOf } from '../stored.ts'
import type { Watcher, WatchItem } from '../watch-hub.ts'
import { askedProtocols, type Message, socketAnswer, socketKey, wantsSocket } from '../web-socket.ts'
import { tooLargeRevision } from './list.ts'

/** Without a wish of the client's, a watch lasts this long and up to twice as long, as upstream's. */
const shortestWatchSeconds = 1800
const bookmarkEveryMs = 60_000
/** How many of the objects that are there already are written at once. */
const initialBatch = 500

type Item =
  | { readonly type: 'INITIAL'; readonly stored: StoredObject }
  | { readonly type: 'INITIAL_END'; readonly revision: number }
  | { readonly type: 'ERROR'; readonly status: StatusBody }
  | WatchItem

export async function watch(call: KindCall): Promise<ApiResponse> {
  const { core, info, kind, registry, request } = call
  const query = listQuery(request.query, true)
  const selection = selectionOf(kind, { ...query, namespace: kind.namespaced ? info.namespace : '', name: info.name })
  const asked = parseRevision(query.resourceVersion)
  const current = core.store.revision
  if (query.sendInitialEvents !== undefined && asked !== undefined && asked > current)
    throw tooLargeRevision(asked, current)
  const fromNow = asked === undefined || asked === 0 || query.sendInitialEvents !== undefined
  const withInitial = query.sendInitialEvents ?? fromNow
  const encoding = request.raw ? undefined : encodingFor(registry, request, core.clock.now(), 'watch')
  const protocol = socketProtocol(request)

  // What is there, and from where to go on, must be of the same moment.
  const reading = registry.read(() => ({
    initial: withInitial ? registry.select(selection) : [],
    revision: core.store.revision,
  }))
  const { initial, revision } = reading instanceof Promise ? await reading : reading
  const leave = openWatches(core).enter(call.user.name)
  const watcher = registry.hub.join(selection, fromNow ? revision : asked)
  const endOfInitial = query.sendInitialEvents === true && query.allowBookmarks ? revision : undefined
  const stop = limitLife(call, query, watcher, leave)
  if (initial.length === 0) call.initialized?.()
  const source: Source = { initial, endOfInitial, watcher, asked, initialized: call.initialized, stop }
  if (encoding === undefined) {
    const events = new Batches(source, rawEvents(kind.apiVersion, kind.kind))
    return { status: 200, headers: {}, body: { type: 'watch', events } }
  }
  const encode = encodeItem(encoding)
  if (protocol !== undefined) {
    const message = socketMessage(encoding)
    return socketAnswer(request, {
      protocol,
      batches: new Batches(source, (item) => message(encode(item))),
    })
  }
  return {
    status: 200,
    headers: { 'content-type': encoding.watchContentType },
    body: { type: 'stream', batches: new Batches(source, encode) },
  }
}

/** As upstream, which takes what the client calls it; undefined: it wants no WebSocket. */
function socketProtocol(request: ApiRequest): string | undefined {
  if (!wantsSocket(request)) return undefined
  socketKey(request)
  const [protocol = '', ...others] = askedProtocols(request.headers['sec-websocket-protocol'])
  if (others.length > 0) throw badRequest('a watch over a WebSocket speaks one subprotocol at most')
  return protocol
}

/** Each event is a message of its own, of text where it is one. The length that stands before an event in protobuf is
 *  for streams. */
const socketMessage = ({ watchContentType }: Encoding): ((event: Uint8Array) => Message) =>
  watchContentType.includes('protobuf')
    ? (event) => ({ operation: byteMessage, payload: event.subarray(4) })
    : (event) => ({ operation: textMessage, payload: event })

/** Ends the watch in time, and tells it meanwhile how far it has come. Returns how to let go of all that. `onEnd` may be
 *  called more than once. */
function limitLife({ core, request }: KindCall, query: ListQuery, watcher: Watcher, onEnd: () => void): () => void {
  const { clock, random, signal } = core
  const end = () => {
    watcher.items.end()
    onEnd()
  }
  const seconds = query.timeoutSeconds || shortestWatchSeconds * (1 + random.next())
  const timer = clock.after(seconds * 1000, () => {
    // As upstream's, so that the client can go on from here.
    if (query.allowBookmarks) watcher.bookmark(core.store.revision)
    end()
  })
  let bookmarks: Timer | undefined
  const bookmarkLater = () => {
    bookmarks = clock.after(bookmarkEveryMs, () => {
      watcher.bookmark(core.store.revision)
      bookmarkLater()
    })
  }
  if (query.allowBookmarks) bookmarkLater()
  request.signal.addEventListener('abort', end, { once: true })
  // A server that stops ends its watches through the hub; this one has come too late for that.
  if (request.signal.aborted || signal.aborted) end()
  return () => {
    end()
    timer.cancel()
    bookmarks?.cancel()
    request.signal.removeEventListener('abort', end)
  }
}

interface Source {
  readonly initial: readonly StoredObject[]
  readonly endOfInitial: number | undefined
  readonly watcher: Watcher
  readonly asked: number | undefined
  readonly initialized: (() => void) | undefined
  readonly stop: () => void
}

/** Written by hand: a generator's `return` would wait for the pending `next`, that is for the next change; and every
 *  `await` would be paid for by each watcher of each change. */
class Batches<T> implements AsyncIterableIterator<readonly T[], undefined> {
  readonly #source: Source
  readonly #map: (item: Item) => T
  readonly #live: AsyncIterator<readonly WatchItem[], undefined>
  #sent = 0
  #phase: 'initial' | 'live' | 'over' = 'initial'

  constructor(source: Source, map: (item: Item) => T) {
    this.#source = source
    this.#map = map
    this.#live = source.watcher.items[Symbol.asyncIterator]()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<readonly T[], undefined>> {
    if (this.#phase === 'initial') {
      const batch = this.#initialBatch()
      if (batch.length > 0) return Promise.resolve(this.#batch(batch))
      this.#phase = 'live'
      this.#source.initialized?.()
    }
    if (this.#phase === 'over') return Promise.resolve(this.#finish())
    return this.#live.next().then(this.#onLive, this.#onError)
  }

  async return(): Promise<IteratorResult<readonly T[], undefined>> {
    await this.#live.return?.()
    return this.#finish()
  }

  #initialBatch(): readonly Item[] {
    const { initial, endOfInitial } = this.#source
    // The end of them counts as one more.
    const all = endOfInitial === undefined ? initial.length : initial.length + 1
    if (this.#sent >= all) return []
    const stored = initial.slice(this.#sent, this.#sent + initialBatch)
    const batch: Item[] = stored.map((stored) => ({ type: 'INITIAL', stored }))
    this.#sent += batch.length
    if (this.#sent === initial.length && endOfInitial !== undefined) {
      this.#sent++
      batch.push({ type: 'INITIAL_END', revision: endOfInitial })
    }
    return batch
  }

  readonly #onLive = (result: IteratorResult<readonly WatchItem[], undefined>) =>
    result.done ? this.#finish() : this.#batch(result.value)

  readonly #onError = (error: unknown) => {
    // One who reads too slowly is cut off without a word, as upstream does, and comes back to list again.
    if (error instanceof BufferOverflow) return this.#finish()
    this.#phase = 'over'
    return this.#batch([{ type: 'ERROR', status: watchError(error, this.#source.asked).body }])
  }

  #batch(items: readonly Item[]): IteratorResult<readonly T[], undefined> {
    return { done: false, value: items.map(this.#map) }
  }

  #finish(): IteratorResult<readonly T[], undefined> {
    this.#phase = 'over'
    this.#source.stop()
    this.#source.initialized?.()
    return { done: true, value: undefined }
  }
}

const watchError = (error: unknown, asked: number | undefined): StatusError =>
  error instanceof Compacted
    ? expired(`too old resource version: ${asked} (${error.oldestRevision})`)
    : toStatusError(error)

const encodeItem =
  (encoding: Encoding) =>
  (item: Item): Uint8Array => {
    switch (item.type) {
      case 'INITIAL':
        return encoding.initial(item.stored)
      case 'INITIAL_END':
        return encoding.bookmark({ revision: item.revision, initialEventsEnd: true })
      case 'BOOKMARK':
        return encoding.bookmark({ revision: item.revision, initialEventsEnd: false })
      case 'ERROR':
        return encoding.error(item.status)
      default:
        return encoding.event(item.type, item.change)
    }
  }

const rawEvents =
  (apiVersion: string, kind: string) =>
  (item: Item): WatchEvent => {
    switch (item.type) {
      case 'INITIAL':
        return { type: 'ADDED', object: objectOf(item.stored) }
      case 'INITIAL_END':
      case 'BOOKMARK':
        return { type: 'BOOKMARK', object: bookmarkObject(apiVersion, kind, item) }
      case 'ERROR':
        return { type: 'ERROR', object: item.status }
      default:
        return { type: item.type, object: item.change.objectFor(item.type) }
    }
  }

const bookmarkObject = (
  apiVersion: string,
  kind: string,
  { type, revision }: { type: 'INITIAL_END' | 'BOOKMARK'; revision: number },
): ApiObject => ({
  apiVersion,
  kind,
  metadata: {
    resourceVersion: String(revision),
    ...(type === 'INITIAL_END' ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  },
})
