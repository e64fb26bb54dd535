// Records core/v1 Events as upstream's recorder does: equal ones are one event that counts, many alike become one
// "combined" event, and an object that causes too many is held back.
//
// Guarantees: `record` never waits, never throws and never grows memory without bound: what does not fit into the
// queue is dropped, and what the server refuses is logged and forgotten.

import { type Event, Event as EventKind } from '#api/core/event.ts'
import type { ObjectReference } from '#api/core/reference.ts'
import type { ApiObject } from '#api/kind.ts'
import { isAlreadyExists, isNotFound, StatusError } from '#api/status-error.ts'
import { type Clock, formatTime } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import type { Random } from '#lib/random.ts'
import { TokenBucket } from '#lib/rate-limit.ts'
import type { Client } from './client.ts'
import type { EventRecorder } from './events.ts'

export interface RecorderOptions {
  readonly client: Client
  /** As in `deployment-controller`: the event's source. */
  readonly component: string
  /** The node, for components that run on one. */
  readonly host?: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
}

export interface Recorder extends EventRecorder {
  /** Resolves when nothing waits to be sent. */
  idle(): Promise<void>
}

type Sighting = {
  readonly about: ObjectReference
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly text: string
}

/** What is to be sent: a new event, or one more of an event that the server has. */
export type Sending =
  | { readonly is: 'new'; readonly key: string; readonly event: Draft }
  | { readonly is: 'again'; readonly key: string; readonly name: string; readonly event: Draft }

type Draft = Omit<Event, 'apiVersion' | 'kind'>

const manyAlike = 10
const alikeWindowMs = 600_000
const rememberedKeys = 4096
const burstPerObject = 25
const perSecondPerObject = 1 / 300
const longestQueue = 1000
const longestText = 1024

interface Alike {
  readonly texts: Set<string>
  lastMs: number
}

interface Known {
  readonly name: string
  readonly count: number
  readonly firstTimestamp: string
}

/** Decides what becomes of a sighting: counts, combines, holds back. Knows nothing of sending. */
export class Correlator {
  readonly #clock: Clock
  readonly #source: { readonly component: string; readonly host?: string }
  readonly #alike = new Lru<string, Alike>({ maxEntries: rememberedKeys })
  readonly #known = new Lru<string, Known>({ maxEntries: rememberedKeys })
  readonly #buckets = new Lru<string, TokenBucket>({ maxEntries: rememberedKeys })
  #order = 0

  constructor(clock: Clock, source: { readonly component: string; readonly host?: string }) {
    this.#clock = clock
    this.#source = source
  }

  /** Undefined: the object has caused too many events. */
  correlate(sighting: Sighting): Sending | undefined {
    const { about, type, reason } = sighting
    const group = [about.kind, about.namespace, about.name, about.uid, about.apiVersion, type, reason].join('\n')
    const combined = this.#isOneOfMany(group, sighting.text)
    const text = combined ? `(combined from similar events): ${sighting.text}` : sighting.text
    const key = combined ? group : [group, about.fieldPath, text].join('\n')
    const known = this.#known.get(key)
    if (!this.#bucket(about).tryTake()) return undefined

    const nowMs = this.#clock.now()
    const time = formatTime(nowMs)
    const next: Known = known
      ? { ...known, count: known.count + 1 }
      : { name: this.#name(about.name ?? '', nowMs), count: 1, firstTimestamp: time }
    this.#known.set(key, next)
    const event: Draft = {
      metadata: { name: next.name, namespace: about.namespace || 'default' },
      involvedObject: about,
      reason,
      message: text.length > longestText ? `${text.slice(0, longestText - 4)} ...` : text,
      source: { ...this.#source },
      firstTimestamp: next.firstTimestamp,
      lastTimestamp: time,
      count: next.count,
      type,
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
    }
    return known ? { is: 'again', key, name: known.name, event } : { is: 'new', key, event }
  }

  /** The server does not have it any more: the next one is new. */
  forget(key: string): void {
    this.#known.delete(key)
  }

  /** Ten different texts for one reason within ten minutes and more are shown as one event. */
  #isOneOfMany(group: string, text: string): boolean {
    const nowMs = this.#clock.monotonic()
    let alike = this.#alike.get(group)
    if (!alike || nowMs - alike.lastMs > alikeWindowMs) {
      alike = { texts: new Set(), lastMs: nowMs }
      this.#alike.set(group, alike)
    }
    alike.lastMs = nowMs
    alike.texts.add(text)
    if (alike.texts.size < manyAlike) return false
    for (const oldest of alike.texts) {
      if (alike.texts.size <= manyAlike) break
      alike.texts.delete(oldest)
    }
    return true
  }

  #bucket(about: ObjectReference): TokenBucket {
    const key = [about.kind, about.namespace, about.name, about.uid, about.apiVersion].join('\n')
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      bucket = new TokenBucket(this.#clock, { perSecond: perSecondPerObject, burst: burstPerObject })
      this.#buckets.set(key, bucket)
    }
    return bucket
  }

  /** `<object>.<nanoseconds in hex>`. The clock has milliseconds; the rest counts, so that names differ. */
  #name(object: string, nowMs: number): string {
    this.#order = (this.#order + 1) % 1_000_000
    return `${object}.${(BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(this.#order)).toString(16)}`
  }
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { client, component, host, clock, random, log, signal } = options
  const correlator = new Correlator(clock, host === undefined ? { component } : { component, host })
  const queue: Sighting[] = []
  let sending: Promise<void> | undefined

  const sendAll = async () => {
    for (let sighting = queue.shift(); sighting && !signal.aborted; sighting = queue.shift()) {
      const what = correlator.correlate(sighting)
      if (what) await send(what)
    }
    sending = undefined
  }

  const send = async (what: Sending): Promise<void> => {
    for (let attempt = 0; attempt < 12 && !signal.aborted; attempt++) {
      try {
        await put(what)
        return
      } catch (error) {
        if (error instanceof StatusError) {
          if (!isAlreadyExists(error)) log.debug('Event refused', { reason: what.event.reason, error })
          correlator.forget(what.key)
          return
        }
        log.debug('Cannot send event', { reason: what.event.reason, error })
        await clock.sleep(10_000 * (attempt === 0 ? random.next() : 1), signal).catch(() => {})
      }
    }
  }

  const put = async (what: Sending): Promise<void> => {
    if (what.is === 'again') {
      const { count, lastTimestamp, message } = what.event
      const ref = { namespace: what.event.metadata.namespace, name: what.name }
      try {
        await client.patch(EventKind, ref, { count, lastTimestamp, message }, { type: 'strategic' })
        return
      } catch (error) {
        // Events are forgotten after an hour: it starts anew under its old name.
        if (!isNotFound(error)) throw error
      }
    }
    await client.create(EventKind, what.event)
  }

  return {
    record(about, type, reason, text, fieldPath) {
      if (signal.aborted || queue.length >= longestQueue) return
      const reference = { ...referenceTo(about), ...(fieldPath === undefined ? {} : { fieldPath }) }
      queue.push({ about: reference, type, reason, text })
      // In a later turn: the caller is not kept, and what it records together is sent together.
      sending ??= Promise.resolve().then(sendAll)
    },
    async idle() {
      while (sending) await sending
    },
  }
}

/** `v1.ObjectReference` as upstream's ref.GetReference makes it. */
export function referenceTo({ apiVersion, kind, metadata }: ApiObject): ObjectReference {
  return {
    kind,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    name: metadata.name ?? '',
    ...(metadata.uid ? { uid: metadata.uid } : {}),
    apiVersion,
    ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
  }
}
