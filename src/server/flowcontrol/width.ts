// How wide a request is: how many seats it takes. A list takes as many as its size suggests, a write keeps some for a
// moment after its end, since everybody who watches has to be told.

import type { KindRegistry } from '#api/kind-registry.ts'
import type { Store } from '#store/store.ts'
import { isTrue } from '../options.ts'
import type { Registries } from '../registries.ts'
import type { ApiRequest } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import type { Width } from './fair-queues.ts'

/** Upstream's numbers. */
const bytesPerSeat = 100_000
const mostListBytes = 1_000_000
const watchesPerSeat = 10
const tellingMs = 5
const widestWrite = 10

export const narrow: Width = { seats: 1, finalSeats: 0, finalMs: 0 }

const atMost = (seats: number, limit: number): number => Math.max(1, Math.min(seats, limit))

export interface ListSize {
  readonly objects: number
  /** Of one of them. */
  readonly bytes: number
  /** 0: without a limit. */
  readonly limit: number
}

/** Of a list, by what it is likely to answer; objects are written out from memory as they are. */
export function listSeats({ objects, bytes, limit }: ListSize, widest: number): number {
  const written = limit > 0 ? Math.min(limit, objects) : objects
  return atMost(Math.ceil(Math.min(written * bytes, mostListBytes) / bytesPerSeat), widest)
}

/** Of a write that so many watches have to be told of. The same work, but longer, where it would be too wide. */
export function writeWidth(watchers: number, widest: number): Width {
  if (watchers < watchesPerSeat) return narrow
  const seats = Math.ceil(watchers / watchesPerSeat)
  const finalSeats = atMost(seats, Math.min(widest, widestWrite))
  return { seats: 1, finalSeats, finalMs: (seats * tellingMs) / finalSeats }
}

/** Where it is known how many objects there are, and how many watch them. */
export interface Served {
  readonly kinds: KindRegistry
  readonly registries: Registries
  readonly store: Store
}

/** `widest`: how many seats a request of this level may take at most. */
export function widthOf(served: Served, { query }: ApiRequest, info: RequestInfo, widest: number): Width {
  if (!info.isResource) return narrow
  switch (info.verb) {
    case 'watch':
      if (!isTrue(query.get('sendInitialEvents'))) return narrow
      return widthOfList(served, info, 0, widest)
    case 'list':
      return widthOfList(served, info, Number(query.get('limit') ?? 0) || 0, widest)
    case 'create':
    case 'update':
    case 'patch':
    case 'delete': {
      // A token is no object: nobody watches it.
      if (info.subresource === 'token') return narrow
      const kind = served.kinds.kindFor(info.group, info.version, info.resource)
      return kind ? writeWidth(served.registries.of(kind).hub.watchers, widest) : narrow
    }
    default:
      return narrow
  }
}

function widthOfList(served: Served, info: RequestInfo, limit: number, widest: number): Width {
  if (info.name !== '' || widest === 1) return narrow
  const kind = served.kinds.kindFor(info.group, info.version, info.resource)
  if (!kind) return narrow
  const prefix = served.registries.of(kind).prefixOf(info.namespace)
  const objects = served.store.count(prefix)
  if (objects === 0) return narrow
  // One of them stands for all: to know better would cost as much as the list.
  const [one] = served.store.list({ prefix, limit: 1 }).items
  const seats = listSeats({ objects, bytes: one?.bytes.byteLength ?? 0, limit }, widest)
  return seats === 1 ? narrow : { seats, finalSeats: 0, finalMs: 0 }
}
