// Runs controllers: for each a queue of keys, woken by informers, worked on by a few workers, with back-off.
//
// Guarantees: a key is never worked on twice at a time, and not again until the informers show everything that
// its last run has written, so that no plan is made from before its own deeds (upstream's expectations, once
// for all controllers). A controller starts when all that it reads has been listed once.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import { isConflict } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { WorkQueue } from '#lib/queue.ts'
import type { Random } from '#lib/random.ts'
import type { Client, Ref } from './client.ts'
import type { Controller, ControllerContext, Runner, Trigger } from './controller.ts'
import type { EventRecorder } from './events.ts'
import type { SharedInformers } from './informers.ts'
import { trackWrites, type Writes } from './writes.ts'

export interface RunnerOptions {
  readonly client: Client
  /** The client that acts as a service account of kube-system; without it all controllers act as `client` does. */
  readonly clientOf?: ((account: string) => Client) | undefined
  readonly informers: SharedInformers
  /** A recorder that signs with this component's name. */
  readonly events: (component: string, client: Client) => EventRecorder
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
}

/** Counters since the start, and what waits now. */
export interface ControllerMetrics {
  readonly name: string
  readonly runs: number
  readonly failures: number
  readonly busyMs: number
  readonly waiting: number
  readonly working: number
  readonly delayed: number
}

export interface RunningControllers extends Runner {
  metrics(): readonly ControllerMetrics[]
}

export function runControllers(controllers: readonly Controller[], options: RunnerOptions): RunningControllers {
  const loops = controllers.map((declaration) => new ControllerLoop(declaration, options))
  return {
    stopped: Promise.all(loops.map((loop) => loop.stopped)).then(() => {}),
    async idle() {
      while (loops.some((loop) => !loop.isIdle)) for (const loop of loops) await loop.idle()
    },
    metrics: () => loops.map((loop) => loop.metrics()),
  }
}

const keyOf = ({ namespace, name }: Ref): string => `${namespace ?? ''}/${name}`

function refOf(key: string): Ref {
  const slash = key.indexOf('/')
  const name = key.slice(slash + 1)
  return slash === 0 ? { name } : { namespace: key.slice(0, slash), name }
}

const defaultConcurrency = 5
/** Long enough for any list; a watch that stays broken for longer must not keep a key from being tried. */
const longestWaitMs = 30_000

class ControllerLoop {
  readonly stopped: Promise<void>
  readonly #declaration: Controller
  readonly #options: RunnerOptions
  readonly #context: ControllerContext
  readonly #client: Client
  readonly #queue: WorkQueue
  readonly #unsubscribe: (() => void)[] = []
  #started = false
  readonly #ready = Promise.withResolvers<void>()
  #runs = 0
  #failures = 0
  #busyMs = 0

  constructor(declaration: Controller, options: RunnerOptions) {
    const { clock, random, signal, informers } = options
    const { name, account } = declaration
    this.#declaration = declaration
    this.#options = options
    this.#queue = new WorkQueue(clock)
    this.#client = account === undefined ? options.client : (options.clientOf?.(account) ?? options.client)
    this.#context = {
      client: trackWrites(this.#client, name).client,
      informers,
      events: options.events(name, this.#client),
      clock,
      random,
      log: options.log.child({ component: name }),
      signal,
      enqueue: (ref, afterMs = 0) => this.#queue.addAfter(keyOf(ref), afterMs),
    }
    this.stopped = this.#live()
  }

  get isIdle(): boolean {
    return this.#started && this.#queue.length === 0 && this.#queue.working === 0
  }

  async idle(): Promise<void> {
    await this.#ready.promise
    await this.#queue.idle()
  }

  metrics(): ControllerMetrics {
    return {
      name: this.#declaration.name,
      runs: this.#runs,
      failures: this.#failures,
      busyMs: this.#busyMs,
      waiting: this.#queue.length,
      working: this.#queue.working,
      delayed: this.#queue.delayed,
    }
  }

  async #live(): Promise<void> {
    const { signal } = this.#options
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const stop = aborted.then(() => {
      for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
      this.#queue.shutDown()
    })
    // The first turn belongs to whoever makes the runner.
    await Promise.resolve()
    if (!signal.aborted) this.#listen()
    await Promise.race([this.#synced(), aborted])
    if (!signal.aborted) await this.#start(aborted)
    this.#started = true
    this.#ready.resolve()
    const workers = Array.from({ length: this.#declaration.concurrency ?? defaultConcurrency }, () => this.#work())
    await stop
    await Promise.all(workers)
    await this.#queue.idle()
  }

  /** A start that fails is tried again: a controller never dies while the others live. */
  async #start(aborted: Promise<void>): Promise<void> {
    const { clock, signal } = this.#options
    for (let delayMs = 1000; !signal.aborted; delayMs = Math.min(delayMs * 2, 30_000)) {
      try {
        await Promise.race([this.#declaration.start?.(this.#context), aborted])
        return
      } catch (error) {
        this.#context.log.error('Cannot start', { error })
        await clock.sleep(delayMs, signal).catch(() => {})
      }
    }
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) await this.#run(key)
  }

  async #run(key: string): Promise<void> {
    const { clock, signal } = this.#options
    const writes = trackWrites(this.#client, this.#declaration.name, this.#options.informers)
    const startedMs = clock.monotonic()
    let finish: () => void
    try {
      const answer = await this.#declaration.reconcile(refOf(key), { ...this.#context, client: writes.client })
      finish = () => {
        this.#queue.forget(key)
        if (answer) this.#queue.addAfter(key, answer.againAfterMs)
      }
    } catch (error) {
      finish = () => {
        if (signal.aborted) return
        const delayMs = this.#queue.addRateLimited(key)
        this.#report(key, error, delayMs)
      }
    }
    this.#runs++
    this.#busyMs += clock.monotonic() - startedMs
    const done = () => {
      this.#queue.done(key)
      finish()
    }
    // The worker goes on to another key; this one counts as being worked on until its writes have come back.
    if (writes.pending) void this.#seen(key, writes).then(done)
    else done()
  }

  async #seen(key: string, writes: Writes): Promise<void> {
    const { clock, signal } = this.#options
    const limit = new AbortController()
    const onStop = () => limit.abort()
    signal.addEventListener('abort', onStop, { once: true })
    const late = clock.sleep(longestWaitMs, limit.signal).then(
      () => this.#context.log.warn('Own writes have not come back by watch', { key }),
      () => {},
    )
    await Promise.race([writes.seen(), late])
    limit.abort()
    signal.removeEventListener('abort', onStop)
  }

  #report(key: string, error: unknown, retryMs: number): void {
    this.#failures++
    // Somebody else was faster: that is how concurrent writers meet, not news.
    if (isConflict(error)) this.#context.log.debug('Conflict', { key, retryMs, error })
    else this.#context.log.warn('Cannot reconcile', { key, retryMs, error })
  }

  #kinds(): Set<AnyKind> {
    const { reconciles, owns = [], triggers = [], reads = [] } = this.#declaration
    return new Set([...(reconciles ? [reconciles] : []), ...owns, ...triggers.map(({ kind }) => kind), ...reads])
  }

  async #synced(): Promise<void> {
    await Promise.all([...this.#kinds()].map((kind) => this.#options.informers.of(kind).synced))
  }

  #listen(): void {
    const { informers } = this.#options
    for (const { kind, keys } of triggersOf(this.#declaration)) {
      const unsubscribe = informers.of(kind).onChange((next, old) => {
        for (const ref of keys(next, old, this.#context)) this.#queue.add(keyOf(ref))
      })
      this.#unsubscribe.push(unsubscribe)
    }
    for (const kind of this.#declaration.reads ?? []) informers.of(kind)
  }
}

const own = (object: ApiObject): Ref => ({ namespace: object.metadata.namespace, name: object.metadata.name ?? '' })

/** `reconciles` and `owns` are triggers of a common form. */
function triggersOf({ reconciles, owns = [], triggers = [] }: Controller): readonly Trigger[] {
  if (!reconciles) return triggers
  const self: Trigger = { kind: reconciles, keys: (next, old) => [own((next ?? old) as ApiObject)] }
  const owned = owns.map(
    (kind): Trigger => ({
      kind,
      keys: (next, old) => {
        const after = ownerRef(next, reconciles)
        const before = ownerRef(old, reconciles)
        return [...(after ? [after] : []), ...(before && before.name !== after?.name ? [before] : [])]
      },
    }),
  )
  return [self, ...owned, ...triggers]
}

/** The controlling owner, where it is of the given kind. */
function ownerRef(object: ApiObject | undefined, kind: AnyKind): Ref | undefined {
  const owner = object?.metadata.ownerReferences?.find(({ controller }) => controller)
  if (!object || owner?.kind !== kind.kind || owner.apiVersion.split('/')[0] !== kind.apiVersion.split('/')[0])
    return undefined
  return { namespace: kind.namespaced ? object.metadata.namespace : undefined, name: owner.name }
}
