// Priority and fairness: each request belongs to a flow of a schema, each schema to a priority level, and when all
// seats of a level are taken the request waits for its turn or is refused. Follows the objects in the store.
//
// Assumes: one thread; a request holds its seats from its turn until it is answered, a watch until it has been sent
// what was there already. Guarantees: nobody waits longer than `longestWaitMs`; queues are bounded by their levels.

import { StatusError } from '#api/status-error.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import { Lru } from '#lib/lru.ts'
import type { Store, StoredObject } from '#store/store.ts'
import { plain } from '../answer.ts'
import { follow } from '../follow.ts'
import type { ApiRequest, ApiResponse, UserInfo } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import { objectOf } from '../stored.ts'
import { Classifier, distinguisherOf } from './classify.ts'
import { type Configured, flowConfig, type LevelObject, type SchemaConfig } from './config.ts'
import type { Width } from './fair-queues.ts'
import { FlowStats } from './flow-stats.ts'
import { dealHand } from './hand.ts'
import { type Level, Levels, type LevelTicket, type Refusal } from './levels.ts'
import { RetryAfter } from './retry-after.ts'
import { narrow, type Served, widthOf } from './width.ts'

export interface FlowControlOptions {
  readonly store: Store
  readonly clock: Clock
  /** How many requests may run at a time, shared out to the levels. */
  readonly totalSeats: number
  readonly longestWaitMs?: number
  /** How much the bodies of all waiting requests may hold together. */
  readonly mostWaitingBytes?: number
}

/** Of a call, what decides when its turn is, and what it is told of it. */
export interface FlowCall {
  readonly core: Served
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly user: UserInfo
  flow?: { readonly schemaUid: string; readonly levelUid: string } | undefined
  initialized?: (() => void) | undefined
}

/** A flow schema with its level. */
export interface Flow extends SchemaConfig {
  readonly level: Level
  readonly levelUid: string
  /** How many seats one of its requests may take at most. */
  readonly widest: number
  readonly stats: FlowStats
}

/** A request that waits or runs. */
export interface Place extends LevelTicket {
  readonly flow: Flow
  readonly distinguisher: string
  readonly user: UserInfo
  readonly info: RequestInfo
  readonly arrivedMs: number
}

/** A quarter of upstream's time for a request. */
const defaultLongestWaitMs = 15_000
const defaultMostWaitingBytes = 128 * 1024 * 1024
/** A watch whose client does not read what was there already gives its seats back after this time. */
const longestInitializationMs = 60_000
/** As upstream: no request takes more than this part of a level. */
const widestPart = 0.15
const knownFlows = 8192
const noHand: readonly number[] = []
const refusal = 'Too many requests, please try again later.'

const longRunning: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** Those last as long as they last, and hold no seats. */
export const isLongRunning = ({ verb, isResource, subresource }: RequestInfo): boolean =>
  isResource && verb !== 'watch' && (verb === 'proxy' || longRunning.has(subresource))

const asConfigured = (stored: StoredObject): Configured<never> => {
  const { metadata, spec } = objectOf(stored)
  return { name: metadata.name ?? '', uid: metadata.uid ?? '', spec: spec as never }
}

export class FlowControl {
  readonly levels: Levels
  readonly #options: FlowControlOptions
  readonly #longestWaitMs: number
  readonly #schemas = new Map<string, SchemaConfig>()
  readonly #levelObjects = new Map<string, LevelObject>()
  readonly #hands = new Lru<string, readonly number[]>({ maxEntries: knownFlows })
  readonly #retryAfter = new Map<string, RetryAfter>()
  readonly #stops: readonly (() => void)[]
  #flows = new Map<string, Flow>()
  #classifier: Classifier<Flow>
  #isDirty = false
  #waitingBytes = 0
  readonly #mostWaitingBytes: number

  constructor(options: FlowControlOptions) {
    this.#options = options
    this.#mostWaitingBytes = options.mostWaitingBytes ?? defaultMostWaitingBytes
    this.#longestWaitMs = options.longestWaitMs ?? defaultLongestWaitMs
    this.levels = new Levels(options.clock)
    const into = (resource: string, objects: Map<string, Configured<unknown>>) =>
      follow(options.store, `${resource}.flowcontrol.apiserver.k8s.io`, {
        set: (stored) => {
          objects.set(stored.key, asConfigured(stored))
          this.#changed()
        },
        remove: (stored) => {
          objects.delete(stored.key)
          this.#changed()
        },
      })
    this.#stops = [into('flowschemas', this.#schemas), into('prioritylevelconfigurations', this.#levelObjects)]
    this.#classifier = this.#configure()
  }

  get flows(): Iterable<Flow> {
    return this.#flows.values()
  }

  stop(): void {
    for (const stop of this.#stops) stop()
    this.levels.stop()
  }

  /** Goes on with `next` when it is the call's turn. */
  async serve(call: FlowCall, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
    const place = this.#placeOf(call)
    const { flow } = place
    const { level, stats } = flow
    call.flow = { schemaUid: flow.uid, levelUid: flow.levelUid }
    const outcome = this.levels.arrive(level, place)
    if (outcome === 'waits') {
      const refused = await this.#wait(call, place)
      stats.waited(this.#since(place), refused === undefined)
      if (refused) return this.#refuse(call, place, refused)
    } else if (outcome !== 'started') {
      stats.waited(0, false)
      return this.#refuse(call, place, outcome)
    } else stats.waited(0, true)
    return this.#run(call, place, next)
  }

  /** A body is there before its turn has come: many large ones together are too much to keep. */
  async #wait({ request: { body, signal } }: FlowCall, place: Place): Promise<Refusal | undefined> {
    const bytes = body.type === 'bytes' ? body.bytes.byteLength : 0
    if (this.#waitingBytes + bytes > this.#mostWaitingBytes) {
      this.levels.withdraw(place.flow.level, place, 'queue-full')
      return 'queue-full'
    }
    this.#waitingBytes += bytes
    try {
      return await this.#turnOf(place, signal)
    } finally {
      this.#waitingBytes -= bytes
    }
  }

  async #run(call: FlowCall, place: Place, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
    const { level, stats } = place.flow
    const isWatch = call.info.verb === 'watch'
    const startedMs = this.#options.clock.monotonic()
    let isOver = false
    let timer: Timer | undefined
    const over = () => {
      if (isOver) return
      isOver = true
      timer?.cancel()
      this.levels.finish(level, place)
      stats.finished(place.width.seats, this.#options.clock.monotonic() - startedMs, isWatch)
    }
    stats.started(place.width.seats)
    if (!isWatch) {
      try {
        return await next()
      } finally {
        over()
      }
    }
    call.initialized = over
    try {
      const response = await next()
      if (response.body.type !== 'stream' && response.body.type !== 'watch') over()
      else if (!isOver) timer = this.#options.clock.after(longestInitializationMs, over)
      return response
    } catch (error) {
      over()
      throw error
    }
  }

  #placeOf({ core, request, info, user }: FlowCall): Place & { onStart: () => void } {
    const flow = this.#classifier.schemaOf(user, info)
    const { level } = flow
    const distinguisher = distinguisherOf(flow, user, info)
    const width: Width = level.config.exempt ? narrow : widthOf(core, request, info, flow.widest)
    return {
      flow,
      distinguisher,
      user,
      info,
      width,
      hand: this.#handOf(flow, distinguisher),
      queue: undefined,
      arrival: 0,
      startedMs: 0,
      arrivedMs: this.#options.clock.monotonic(),
      onStart: () => {},
    }
  }

  #handOf({ name, level }: Flow, distinguisher: string): readonly number[] {
    const { queuing } = level.config
    if (!queuing) return noHand
    const key = `${name}\n${distinguisher}`
    let hand = this.#hands.get(key)
    if (!hand) {
      hand = dealHand(key, queuing.queues, queuing.handSize)
      this.#hands.set(key, hand)
    }
    return hand
  }

  /** Resolves when it is its turn, or with why it will not be. */
  #turnOf(place: Place & { onStart: () => void }, signal: AbortSignal): Promise<Refusal | undefined> {
    const { level, stats } = place.flow
    stats.waiting++
    return new Promise((resolve) => {
      const end = (why?: Refusal) => {
        stats.waiting--
        timer.cancel()
        signal.removeEventListener('abort', onAbort)
        resolve(why)
      }
      const giveUp = (why: 'time-out' | 'cancelled') => {
        this.levels.withdraw(level, place, why)
        end(why)
      }
      const onAbort = () => giveUp('cancelled')
      const timer = this.#options.clock.after(this.#longestWaitMs, () => giveUp('time-out'))
      signal.addEventListener('abort', onAbort, { once: true })
      place.onStart = () => end()
      if (signal.aborted) giveUp('cancelled')
    })
  }

  #refuse({ request }: FlowCall, { flow }: Place, why: Refusal): ApiResponse {
    flow.stats.refused(why)
    let retryAfter = this.#retryAfter.get(flow.level.name)
    if (!retryAfter) {
      retryAfter = new RetryAfter()
      this.#retryAfter.set(flow.level.name, retryAfter)
    }
    retryAfter.refused(this.#options.clock.now())
    const { seconds } = retryAfter
    if (request.raw) throw new StatusError(429, 'TooManyRequests', refusal, { retryAfterSeconds: seconds })
    return plain(429, `${refusal}\n`, { 'retry-after': String(seconds) })
  }

  #since({ arrivedMs }: Place): number {
    return this.#options.clock.monotonic() - arrivedMs
  }

  /** Objects that change together are taken in together. */
  #changed(): void {
    if (this.#isDirty) return
    this.#isDirty = true
    queueMicrotask(() => {
      this.#isDirty = false
      this.#classifier = this.#configure()
    })
  }

  #configure(): Classifier<Flow> {
    const { totalSeats } = this.#options
    const config = flowConfig([...this.#schemas.values()], [...this.#levelObjects.values()], totalSeats)
    this.levels.configure(config.levels)
    this.#hands.clear()
    const flowOf = (schema: SchemaConfig): Flow => {
      const { name, uid, seats } = config.levels.find(
        (each) => each.name === schema.spec.priorityLevelConfiguration.name,
      )!
      const level = this.levels.get(name)!
      const before = this.#flows.get(schema.name)
      return {
        ...schema,
        level,
        levelUid: uid,
        widest: Math.max(1, Math.ceil(seats.nominal * widestPart)),
        stats: before?.level === level ? before.stats : new FlowStats(),
      }
    }
    this.#flows = new Map(config.schemas.map((schema) => [schema.name, flowOf(schema)]))
    for (const name of this.#retryAfter.keys()) if (!this.levels.get(name)) this.#retryAfter.delete(name)
    return new Classifier([...this.#flows.values()], this.#flows.get(config.catchAll.name)!)
  }
}
