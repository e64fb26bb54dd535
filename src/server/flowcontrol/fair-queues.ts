// The order in which requests of one priority level get their turn: fair queueing by virtual time. Each queue is
// credited with the seats and the time that its requests have used, and the one that would be finished first, had
// all been served at once and evenly, is served next. Pure: time is told by the caller, seats are given by it.
//
// Virtual time R passes as fast as work is done per queue: seats in use over queues that want any. A queue that has
// been empty starts at the present R, so nobody saves up for later what they did not use.

/** What a request takes up: seats while it runs, and seats for some time after, for the events that it causes. */
export interface Width {
  readonly seats: number
  readonly finalSeats: number
  readonly finalMs: number
}

export interface Queue {
  readonly index: number
  /** The virtual time at which its next request would begin. */
  nextStart: number
  readonly waiting: Set<Ticket>
  seatsWaiting: number
  seatsInUse: number
  running: number
}

/** A request on its way through a level. */
export interface Ticket {
  readonly width: Width
  /** The queues that its flow may use. */
  readonly hand: readonly number[]
  queue: Queue | undefined
  /** Virtual time of its arrival. */
  arrival: number
  startedMs: number
}

/** How long a request is taken to last before it is known. */
const expectedMs = 3

/** An idle queue has nothing to remember; so many are kept only to make fewer. */
const keptQueues = 256

export const seatsOf = ({ width }: Ticket): number => Math.max(width.seats, width.finalSeats)

const workOf = ({ width: { seats, finalSeats, finalMs } }: Ticket): number => seats * expectedMs + finalSeats * finalMs

const firstOf = (queue: Queue): Ticket | undefined => {
  for (const ticket of queue.waiting) return ticket
  return undefined
}

export class FairQueues {
  readonly #queues = new Map<number, Queue>()
  /** In turn: of queues that are equally far, the one that was served longest ago comes first. */
  readonly #withWaiting = new Set<Queue>()
  #active = 0
  #seatsWanted = 0
  #virtual = 0
  #lastMs = 0
  #waiting = 0

  get waiting(): number {
    return this.#waiting
  }

  get virtualTime(): number {
    return this.#virtual
  }

  get queues(): Iterable<Queue> {
    return this.#queues.values()
  }

  /** How many queues have somebody waiting. */
  get lined(): number {
    return this.#withWaiting.size
  }

  /** Lets virtual time pass until now; `seats` is how many the level may use. */
  advance(nowMs: number, seats: number): void {
    const passedMs = nowMs - this.#lastMs
    this.#lastMs = nowMs
    if (this.#active > 0 && passedMs > 0)
      this.#virtual += (passedMs * Math.min(seats, this.#seatsWanted)) / this.#active
  }

  /** The queue of the hand with the least in it. */
  choose({ hand }: Ticket): Queue {
    let best = hand[0] ?? 0
    let least = Number.POSITIVE_INFINITY
    for (const index of hand) {
      const queue = this.#queues.get(index)
      const load = queue ? queue.seatsWaiting + queue.seatsInUse : 0
      if (load >= least) continue
      best = index
      least = load
      if (load === 0) break
    }
    return this.#queueAt(best)
  }

  enqueue(ticket: Ticket, queue: Queue): void {
    this.#arrive(ticket, queue)
    const seats = seatsOf(ticket)
    queue.waiting.add(ticket)
    queue.seatsWaiting += seats
    this.#seatsWanted += seats
    this.#waiting++
    this.#withWaiting.add(queue)
  }

  /** Who is next; undefined when nobody waits. */
  next(): Ticket | undefined {
    let best: Ticket | undefined
    let earliest = Number.POSITIVE_INFINITY
    for (const queue of this.#withWaiting) {
      const ticket = firstOf(queue)!
      const finish = Math.max(queue.nextStart, ticket.arrival) + workOf(ticket)
      if (finish >= earliest) continue
      earliest = finish
      best = ticket
    }
    return best
  }

  /** Takes a ticket out of its queue, to run it or because it has given up. */
  remove(ticket: Ticket): void {
    const queue = ticket.queue
    if (!queue?.waiting.delete(ticket)) return
    const seats = seatsOf(ticket)
    queue.seatsWaiting -= seats
    this.#seatsWanted -= seats
    this.#waiting--
    this.#withWaiting.delete(queue)
    if (queue.waiting.size > 0) this.#withWaiting.add(queue)
    else this.#settle(queue)
  }

  /** It runs from now on: from the head of its queue, or without having waited. */
  start(ticket: Ticket, nowMs: number): void {
    let queue = ticket.queue
    if (queue) {
      queue.nextStart = Math.max(queue.nextStart, ticket.arrival)
      // Counted as running before it is taken out, so that the queue is never thought idle in between.
      queue.running++
      this.remove(ticket)
    } else {
      queue = this.choose(ticket)
      this.#arrive(ticket, queue)
      queue.running++
    }
    const seats = seatsOf(ticket)
    queue.seatsInUse += seats
    this.#seatsWanted += seats
    queue.nextStart += workOf(ticket)
    ticket.startedMs = nowMs
  }

  /** It has run: what it really took is now known. Its final seats stay occupied until they are released. */
  finish(ticket: Ticket, nowMs: number): void {
    const queue = ticket.queue!
    const { seats, finalSeats } = ticket.width
    queue.nextStart -= seats * (expectedMs - (nowMs - ticket.startedMs))
    const oldest = firstOf(queue)
    if (oldest && queue.nextStart < oldest.arrival) queue.nextStart = oldest.arrival
    queue.running--
    this.release(ticket, seatsOf(ticket) - finalSeats)
  }

  release({ queue }: Ticket, seats: number): void {
    queue!.seatsInUse -= seats
    this.#seatsWanted -= seats
    this.#settle(queue!)
  }

  #queueAt(index: number): Queue {
    let queue = this.#queues.get(index)
    if (!queue) {
      queue = { index, nextStart: 0, waiting: new Set(), seatsWaiting: 0, seatsInUse: 0, running: 0 }
      this.#queues.set(index, queue)
    }
    return queue
  }

  #arrive(ticket: Ticket, queue: Queue): void {
    if (isIdle(queue)) {
      queue.nextStart = this.#virtual
      this.#active++
    }
    ticket.queue = queue
    ticket.arrival = this.#virtual
  }

  /** To be called whenever a queue may have become idle. */
  #settle(queue: Queue): void {
    if (!isIdle(queue)) return
    this.#active--
    if (this.#queues.size > keptQueues) this.#queues.delete(queue.index)
  }
}

const isIdle = ({ waiting, running, seatsInUse }: Queue): boolean =>
  waiting.size === 0 && running === 0 && seatsInUse === 0
