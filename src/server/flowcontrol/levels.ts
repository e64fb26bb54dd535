// The seats of the server, shared out to priority levels, and who gets the next one. Each level has a guaranteed
// part; the lendable parts of all are one pool, of which a level takes back its own before others may borrow more.
// Within a level, fair-queues.ts says whose turn it is.
//
// Guarantees: a level that has requests always runs at least one; what others have borrowed comes back as soon as
// their requests end; no timer runs unless somebody waits.

import type { Clock, Timer } from '#lib/clock.ts'
import { Heap } from '#lib/heap.ts'
import { FairQueues, seatsOf, type Ticket } from './fair-queues.ts'

export interface Queuing {
  readonly queues: number
  readonly handSize: number
  readonly queueLengthLimit: number
}

export interface LevelSeats {
  readonly nominal: number
  readonly lendable: number
  /** How many more than its own it may use. */
  readonly borrowable: number
}

export interface LevelConfig {
  readonly name: string
  readonly exempt: boolean
  readonly seats: LevelSeats
  /** Undefined: nobody waits, whoever does not fit is refused. */
  readonly queuing: Queuing | undefined
}

export type Refusal = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled'

export interface LevelTicket extends Ticket {
  /** Called when its turn has come, unless it came at once. */
  readonly onStart: () => void
}

export class Level {
  config: LevelConfig
  readonly fair = new FairQueues()
  inUse = 0
  running = 0
  /** No longer configured; it goes when its last request has ended. */
  isLeaving = false
  dispatched = 0
  readonly refused: Record<Refusal, number> = {
    'queue-full': 0,
    'concurrency-limit': 0,
    'time-out': 0,
    cancelled: 0,
  }

  constructor(config: LevelConfig) {
    this.config = config
  }

  get name(): string {
    return this.config.name
  }

  get guaranteed(): number {
    return this.config.seats.nominal - this.config.seats.lendable
  }

  get most(): number {
    return this.config.seats.nominal + this.config.seats.borrowable
  }

  get isIdle(): boolean {
    return this.fair.waiting === 0 && this.running === 0 && this.inUse === 0
  }
}

interface Lingering {
  readonly untilMs: number
  readonly level: Level
  readonly ticket: LevelTicket
  readonly seats: number
}

export class Levels {
  readonly #clock: Clock
  readonly #levels = new Map<string, Level>()
  readonly #waiting = new Set<Level>()
  readonly #lingering = new Heap<Lingering>((a, b) => a.untilMs < b.untilMs)
  #timer: Timer | undefined
  #pool = 0
  #poolUsed = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get all(): Iterable<Level> {
    return this.#levels.values()
  }

  get(name: string): Level | undefined {
    return this.#levels.get(name)
  }

  configure(configs: readonly LevelConfig[]): void {
    const wanted = new Set(configs.map(({ name }) => name))
    for (const config of configs) {
      const level = this.#levels.get(config.name)
      if (level) level.config = config
      else this.#levels.set(config.name, new Level(config))
      if (level) level.isLeaving = false
    }
    for (const level of this.#levels.values()) {
      if (wanted.has(level.name)) continue
      level.isLeaving = true
      if (level.isIdle) this.#levels.delete(level.name)
    }
    this.#pool = 0
    this.#poolUsed = 0
    for (const level of this.#levels.values()) {
      this.#pool += level.isLeaving ? 0 : level.config.seats.lendable
      this.#poolUsed += fromPool(level)
    }
    this.#dispatch(this.#clock.monotonic())
  }

  /** How many seats the level may use as things stand. */
  limitOf(level: Level): number {
    const left = this.#pool - (this.#poolUsed - fromPool(level))
    return Math.max(0, Math.min(level.most, level.guaranteed + Math.max(0, left)))
  }

  /** `started`: it runs, and has to be finished. `waits`: `onStart` will be called, unless it is withdrawn. */
  arrive(level: Level, ticket: LevelTicket): 'started' | 'waits' | Refusal {
    const nowMs = this.#clock.monotonic()
    if (level.config.exempt) {
      this.#start(level, ticket, nowMs)
      return 'started'
    }
    if (this.#lingering.size > 0) this.#expire(nowMs)
    level.fair.advance(nowMs, this.limitOf(level))
    if (level.fair.waiting === 0 && this.#fits(level, seatsOf(ticket))) {
      this.#start(level, ticket, nowMs)
      return 'started'
    }
    const { queuing } = level.config
    if (!queuing) return refuse(level, 'concurrency-limit')
    const queue = level.fair.choose(ticket)
    if (queue.waiting.size >= queuing.queueLengthLimit) return refuse(level, 'queue-full')
    level.fair.enqueue(ticket, queue)
    this.#waiting.add(level)
    this.#dispatch(nowMs, ticket)
    return queue.waiting.has(ticket) ? 'waits' : 'started'
  }

  finish(level: Level, ticket: LevelTicket): void {
    const nowMs = this.#clock.monotonic()
    level.running--
    if (level.config.exempt && !ticket.queue) {
      this.#use(level, -seatsOf(ticket))
    } else {
      const { finalSeats, finalMs } = ticket.width
      level.fair.advance(nowMs, this.limitOf(level))
      level.fair.finish(ticket, nowMs)
      this.#use(level, finalSeats - seatsOf(ticket))
      if (finalSeats > 0) this.#lingering.push({ untilMs: nowMs + finalMs, level, ticket, seats: finalSeats })
    }
    this.#forget(level)
    if (this.#waiting.size > 0) this.#dispatch(nowMs)
  }

  /** Nobody waits for its turn any more. */
  withdraw(level: Level, ticket: LevelTicket, why: Refusal): void {
    const nowMs = this.#clock.monotonic()
    level.fair.advance(nowMs, this.limitOf(level))
    level.fair.remove(ticket)
    if (level.fair.waiting === 0) this.#waiting.delete(level)
    refuse(level, why)
    this.#forget(level)
    // The one behind it may be narrower.
    if (this.#waiting.size > 0) this.#dispatch(nowMs)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #start(level: Level, ticket: LevelTicket, nowMs: number): void {
    if (!level.config.exempt || ticket.queue) level.fair.start(ticket, nowMs)
    this.#use(level, seatsOf(ticket))
    level.running++
    level.dispatched++
  }

  #use(level: Level, seats: number): void {
    const before = fromPool(level)
    level.inUse += seats
    this.#poolUsed += fromPool(level) - before
  }

  #fits(level: Level, seats: number): boolean {
    // Also one that is wider than the level, and one of a level whose seats are all lent: nobody starves.
    if (level.inUse === 0) return true
    const after = level.inUse + seats
    if (after <= level.guaranteed) return true
    if (after > level.most) return false
    const more = after - Math.max(level.inUse, level.guaranteed)
    if (this.#poolUsed + more > this.#pool) return false
    return after <= level.config.seats.nominal || !this.#isMissed(level)
  }

  /** Whether somebody else waits for seats of its own, which therefore are not to be borrowed. */
  #isMissed(by: Level): boolean {
    for (const level of this.#waiting) if (level !== by && level.inUse < level.config.seats.nominal) return true
    return false
  }

  /** Starts whoever can be started. Of levels, the one goes first that uses the smallest part of its own. */
  #dispatch(nowMs: number, arriving?: LevelTicket): void {
    if (this.#lingering.size > 0) this.#expire(nowMs)
    const blocked = new Set<Level>()
    for (;;) {
      const level = this.#neediest(blocked)
      if (!level) break
      level.fair.advance(nowMs, this.limitOf(level))
      const ticket = level.fair.next() as LevelTicket | undefined
      if (!ticket || !this.#fits(level, seatsOf(ticket))) {
        blocked.add(level)
        continue
      }
      this.#start(level, ticket, nowMs)
      if (level.fair.waiting === 0) this.#waiting.delete(level)
      if (ticket !== arriving) ticket.onStart()
    }
    this.#wakeLater(nowMs)
  }

  #neediest(blocked: ReadonlySet<Level>): Level | undefined {
    let best: Level | undefined
    let least = Number.POSITIVE_INFINITY
    for (const level of this.#waiting) {
      if (blocked.has(level)) continue
      const part = level.inUse / Math.max(1, level.config.seats.nominal)
      if (part >= least) continue
      best = level
      least = part
    }
    return best
  }

  /** Gives back the seats that requests keep for some time after their end. */
  #expire(nowMs: number): void {
    for (let first = this.#lingering.peek(); first && first.untilMs <= nowMs; first = this.#lingering.peek()) {
      this.#lingering.pop()
      first.level.fair.advance(nowMs, this.limitOf(first.level))
      first.level.fair.release(first.ticket, first.seats)
      this.#use(first.level, -first.seats)
      this.#forget(first.level)
    }
  }

  #wakeLater(nowMs: number): void {
    const first = this.#lingering.peek()
    if (this.#timer || !first || this.#waiting.size === 0) return
    this.#timer = this.#clock.after(Math.max(0, first.untilMs - nowMs), () => {
      this.#timer = undefined
      this.#dispatch(this.#clock.monotonic())
    })
  }

  #forget(level: Level): void {
    if (level.isLeaving && level.isIdle) this.#levels.delete(level.name)
  }
}

/** How many seats of the pool a level uses. What the exempt level uses beyond its own is nobody's. */
function fromPool(level: Level): number {
  const used = Math.max(0, level.inUse - level.guaranteed)
  return level.config.exempt ? Math.min(used, level.config.seats.lendable) : used
}

function refuse(level: Level, why: Refusal): Refusal {
  level.refused[why]++
  return why
}
