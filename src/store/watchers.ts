// Who watches what. Watchers are kept by prefix, so a change costs only those whom it concerns, and all watchers
// of a prefix are given the same array. They are told once per turn, in batches, and never from within the call
// that made the change: a watcher may read, write, watch and stop as it likes.

import { assert } from '#lib/assert.ts'
import type { StoreEvent, Watch, WatchOptions } from './store.ts'

interface Watcher {
  readonly options: WatchOptions
  /** Everything up to this revision has been delivered, or will be from the backlog. */
  deliveredRevision: number
  stopped: boolean
}

interface Group {
  readonly watchers: Set<Watcher>
  gathered: StoreEvent[]
}

export class Watchers {
  readonly #groups = new Map<string, Group>()
  /** Groups that have gathered something since the last turn. */
  #dirty: Group[] = []
  #starting: { readonly watcher: Watcher; readonly backlog: readonly StoreEvent[] }[] = []
  #isScheduled = false

  /** Begins with the backlog, and goes on with what is told of later. `revision` is the newest told of so far. */
  add(options: WatchOptions, backlog: readonly StoreEvent[], revision: number): Watch {
    const { prefix } = options
    assert(prefix === '' || prefix.endsWith('/'), 'a prefix ends in a slash')
    const watcher: Watcher = { options, deliveredRevision: Math.max(options.after, revision), stopped: false }
    let group = this.#groups.get(prefix)
    if (!group) {
      group = { watchers: new Set(), gathered: [] }
      this.#groups.set(prefix, group)
    }
    group.watchers.add(watcher)
    if (backlog.length > 0) {
      this.#starting.push({ watcher, backlog })
      this.#schedule()
    }
    return { stop: () => this.#remove(watcher) }
  }

  /** A watch that ends as soon as it has begun. */
  refuse(options: WatchOptions, reason: Error): Watch {
    let isStopped = false
    queueMicrotask(() => {
      if (!isStopped) options.onEnd(reason)
    })
    return {
      stop: () => {
        isStopped = true
      },
    }
  }

  tell(events: readonly StoreEvent[]): void {
    if (this.#groups.size === 0) return
    for (const event of events) {
      this.#gather('', event)
      for (let slash = event.key.indexOf('/'); slash >= 0; slash = event.key.indexOf('/', slash + 1))
        this.#gather(event.key.slice(0, slash + 1), event)
    }
    if (this.#dirty.length > 0) this.#schedule()
  }

  /** What has been told is still delivered. */
  endAll(reason: Error): void {
    this.#deliver()
    const all = [...this.#groups.values()].flatMap((group) => [...group.watchers])
    for (const watcher of all) {
      this.#remove(watcher)
      watcher.options.onEnd(reason)
    }
  }

  #gather(prefix: string, event: StoreEvent): void {
    const group = this.#groups.get(prefix)
    if (!group) return
    if (group.gathered.length === 0) this.#dirty.push(group)
    group.gathered.push(event)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    this.#isScheduled = false
    const starting = this.#starting
    this.#starting = []
    const dirty = this.#dirty
    this.#dirty = []
    for (const { watcher, backlog } of starting) this.#give(watcher, backlog)
    for (const group of dirty) {
      const events = group.gathered
      group.gathered = []
      const first = events[0]!.revision
      const last = events[events.length - 1]!.revision
      for (const watcher of group.watchers) {
        const seen = watcher.deliveredRevision
        if (seen >= last) continue
        watcher.deliveredRevision = last
        // Only one who came in the middle of this batch, or asked for a revision to come, needs an array of its own.
        this.#give(watcher, seen < first ? events : events.filter((event) => event.revision > seen))
      }
    }
  }

  /** What a watcher throws ends its own watch, and keeps nothing from the others. */
  #give(watcher: Watcher, events: readonly StoreEvent[]): void {
    if (watcher.stopped) return
    try {
      watcher.options.onEvents(events)
    } catch (error) {
      this.#remove(watcher)
      watcher.options.onEnd(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #remove(watcher: Watcher): void {
    watcher.stopped = true
    const { prefix } = watcher.options
    const group = this.#groups.get(prefix)
    group?.watchers.delete(watcher)
    if (group?.watchers.size === 0) this.#groups.delete(prefix)
  }
}
