// The controller runner: queue, deduplication, back-off, workers, read-your-own-writes and stop, once for all
// controllers. A controller gives a name, what wakes it and `reconcile(key)`; it gets a key, never an event, and
// reads the world. `plan(observed, wanted) -> actions` beside it is pure and tested by tables.

import type { AnyKind, ObjectOf } from '#api/kind.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { Client, Ref } from './client.ts'
import type { EventRecorder } from './events.ts'
import type { Informers } from './informer.ts'

/** What every controller is given. `client` writes are tagged with the controller's name as field manager. */
export interface ControllerContext {
  readonly client: Client
  readonly informers: Informers
  readonly events: EventRecorder
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Aborts when the controller is told to stop. */
  readonly signal: AbortSignal
  /** Puts a key into this controller's own queue, now or after a delay. */
  readonly enqueue: (key: Ref, afterMs?: number) => void
}

/** A kind that wakes the controller, and which keys a change of one object wakes. */
export interface Trigger<K extends AnyKind = AnyKind> {
  readonly kind: K
  readonly keys: (
    next: ObjectOf<K> | undefined,
    old: ObjectOf<K> | undefined,
    context: ControllerContext,
  ) => readonly Ref[]
}

export interface Controller {
  readonly name: string
  /** The service account of kube-system that it acts as, where it has one: it may do what upstream's role
   *  `system:controller:<account>` allows, and no more. Informers are shared, and read as the process itself. */
  readonly account?: string
  /** A change of an object of this kind enqueues its own key. */
  readonly reconciles?: AnyKind
  /** A change of an object of these enqueues its controlling owner, where that is of the reconciled kind. */
  readonly owns?: readonly AnyKind[]
  readonly triggers?: readonly Trigger[]
  /** Kinds that it reads from informers without being woken by them; the first key waits for these too. */
  readonly reads?: readonly AnyKind[]
  /** How many keys may be worked on at a time. */
  readonly concurrency?: number
  /** Once, after the informers have synced and before the first key. */
  readonly start?: (context: ControllerContext) => void | Promise<void>
  /** Makes the world closer to what it should be for this key. Throwing means: again, with back-off. */
  readonly reconcile: (key: Ref, context: ControllerContext) => Promise<void | { readonly againAfterMs: number }>
}

/** Types a trigger's `keys` by its kind. */
export const trigger = <K extends AnyKind>(kind: K, keys: Trigger<K>['keys']): Trigger => ({
  kind,
  keys: keys as Trigger['keys'],
})

/** A controller is a plain value; this only checks its shape. */
export const controller = (declaration: Controller): Controller => declaration

/** Runs controllers until the signal aborts; resolves when all have stopped. Implemented in runner.ts. */
export interface Runner {
  readonly stopped: Promise<void>
  /** Resolves when no key waits or is being worked on: for tests on a virtual clock. */
  idle(): Promise<void>
}
