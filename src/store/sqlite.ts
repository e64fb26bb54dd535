// The store in one SQLite file: reads from the image in memory, writes through a thread that owns the file. All
// that waits while one transaction is being written goes into the next (group commit).
//
// Guarantees: `commit` resolves after the fsync of its transaction, and only then do readers see the change. A write
// to a key that has a change under way is compared with that change, and a conflict with it is answered only when
// it is durable. When the disk fails, everything that waits fails, and nothing is written any more.

import { assert } from '#lib/assert.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import { inSteps } from '#lib/steps.ts'
import { type Encryption, noEncryption } from './encryption.ts'
import { Image, type PastLimits } from './image.ts'
import { pack, type Row, unpack } from './sqlite-rows.ts'
import { DiskFull, Thread } from './sqlite-thread.ts'
import type {
  Actor,
  Change,
  CommitResult,
  Index,
  Indexer,
  Key,
  ListOptions,
  ListResult,
  Revision,
  Store,
  StoredObject,
  StoreEvent,
  Watch,
  WatchOptions,
} from './store.ts'
import { type Origin, prepare, type Transaction } from './transaction.ts'

export interface SqliteOptions {
  readonly path: string
  readonly indexer: Indexer
  readonly clock: Clock
  /** What is kept in memory for watches and lists at an older revision. */
  readonly past?: Partial<PastLimits> | undefined
  /** Of keys with these prefixes only the newest version is kept on disk. */
  readonly withoutHistory?: readonly string[] | undefined
  /** How many of the newest revisions keep what they overwrote, on disk. */
  readonly keepRevisions?: number | undefined
  /** The file grows no larger; beyond, commits fail until something has been compacted. */
  readonly maxBytes?: number | undefined
  /** Which values are encrypted on the disk, and with what. */
  readonly encryption?: Encryption | undefined
  /** Called once when the store can no longer write. */
  readonly onFailure?: ((error: Error) => void) | undefined
}

/** A store whose values can be encrypted in another way while it is used. */
export interface EncryptingStore extends Store {
  /** False: some values are still on the disk as they were before, plain or under a key that is no longer the first. */
  readonly isRewritten: boolean
  /** From the moment this resolves, what is written is encrypted so. */
  encrypt(encryption: Encryption): Promise<void>
  /** Encrypts every value as it should be, step by step between commits. False: the store was closed before the end. */
  rewrite(): Promise<boolean>
}

/** The store cannot write: the disk is full or broken, or the store is closed. */
export class StoreFailure extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(what, options)
    this.name = 'StoreFailure'
  }
}

const defaultWithoutHistory = ['events/', 'leases.coordination.k8s.io/']
const defaultKeepRevisions = 100_000
/** A compaction's step must not hold up commits for long. */
const compactionStepRows = 200
const rewritingStepRows = 100
/** A group is packed into one buffer, which must not grow without bound. */
const groupLimit = { transactions: 2048, bytes: 16 * 1024 * 1024 }

/** When the server has started; steps that no request notices. */
const indexing = { delayMs: 1000, stepMs: 4, pauseMs: 1 }

/** Resolves when everything stored has been read, and rejects when the file cannot be used. */
export async function openSqliteStore(options: SqliteOptions): Promise<EncryptingStore> {
  const withoutHistory = options.withoutHistory ?? defaultWithoutHistory
  const recentChanges = Math.min(4096, options.past?.events ?? Number.POSITIVE_INFINITY)
  const { path, maxBytes, encryption = noEncryption } = options
  const thread = new Thread({ path, withoutHistory, recentChanges, maxBytes, encryption })
  const loaded: LoadedObject[] = []
  const recent: Row[] = []
  try {
    const { revision, floor, isRewritten } = await thread.open((rows, isRecent) => {
      for (const row of unpack(rows)) {
        if (isRecent) recent.push(row)
        else loaded.push(new LoadedObject(row, options.indexer))
      }
    })
    const image = new Image(options.past, floor)
    for (const object of loaded) image.load(object)
    for (const transaction of asTransactions(recent, image, options.indexer)) image.apply(transaction)
    image.resumeAt(revision, withoutHistory)
    // Whoever searches first must not wait until all objects have been decoded.
    const ahead = inSteps(loaded, (object) => object.decodeAhead(), { clock: options.clock, ...indexing })
    return new SqliteStore(options, { thread, image, isRewritten, ahead })
  } catch (error) {
    await thread.terminate()
    throw new StoreFailure(`Cannot open the store "${options.path}": ${(error as Error).message}`, { cause: error })
  }
}

/** What was read from disk: decoded later, or when somebody asks, so that opening a large store stays quick. */
class LoadedObject implements StoredObject {
  readonly key: Key
  readonly revision: number
  readonly createdRevision: number
  readonly bytes: Uint8Array
  readonly #indexer: Indexer
  #decoded: ReturnType<Indexer> | undefined

  constructor({ key, revision, created, bytes }: Row, indexer: Indexer) {
    assert(bytes, 'a loaded object has bytes')
    this.key = key
    this.revision = revision
    this.createdRevision = created
    // Copied, so that one object does not hold on to the buffer of a thousand.
    this.bytes = bytes.slice()
    this.#indexer = indexer
  }

  get index(): Index {
    return this.#decode().index
  }

  get value(): unknown {
    return this.#decode().value
  }

  /** Whoever asks for what cannot be decoded is told; here nobody has asked. */
  decodeAhead(): void {
    try {
      this.#decode()
    } catch {}
  }

  #decode(): ReturnType<Indexer> {
    this.#decoded ??= this.#indexer(this.key, this.bytes)
    return this.#decoded
  }
}

const originOf = ({ time, user, client }: Row): Origin => ({ timeMs: time, actor: { user, client } })

/** Rows become transactions again. To be applied one by one: each is built on the image that the last one left. */
function* asTransactions(rows: readonly Row[], image: Image, indexer: Indexer): IterableIterator<Transaction> {
  for (let i = 0; i < rows.length; ) {
    const first = rows[i]!
    const events: StoreEvent[] = []
    for (; rows[i]?.revision === first.revision; i++) {
      const row = rows[i]!
      const object = row.bytes ? new LoadedObject(row, indexer) : undefined
      events.push({ key: row.key, revision: row.revision, object, previous: image.get(row.key) })
    }
    yield { revision: first.revision, ...originOf(first), events }
  }
}

const packGroup = (group: readonly Transaction[]) =>
  pack(
    group.flatMap(({ revision, timeMs, actor, events }) =>
      events.map(
        ({ key, object }): Row => ({
          key,
          revision,
          created: object?.createdRevision ?? 0,
          time: timeMs,
          user: actor.user,
          client: actor.client,
          bytes: object?.bytes ?? null,
        }),
      ),
    ),
  )

function groupSize(waiting: readonly Transaction[]): number {
  let bytes = 0
  let size = 0
  for (; size < waiting.length && size < groupLimit.transactions; size++) {
    for (const { object } of waiting[size]!.events) bytes += object?.bytes.byteLength ?? 0
    if (bytes > groupLimit.bytes && size > 0) break
  }
  return size
}

/** A transaction that is not yet durable. */
interface Pending extends Transaction {
  readonly result: CommitResult
  readonly durable: PromiseWithResolvers<CommitResult>
}

interface PendingChange {
  readonly object: StoredObject | undefined
  readonly transaction: Pending
}

interface Opened {
  readonly thread: Thread
  readonly image: Image
  readonly isRewritten: boolean
  readonly ahead: Timer
}

class SqliteStore implements EncryptingStore {
  readonly #options: SqliteOptions
  readonly #thread: Thread
  readonly #image: Image
  readonly #ahead: Timer
  /** The newest change of each key that has one under way. */
  readonly #changes = new Map<Key, PendingChange>()
  #waiting: Pending[] = []
  #isWriting = false
  #isScheduled = false
  #nextRevision: number
  #compactedRevision: number
  #compaction: Promise<void> = Promise.resolve()
  /** Transactions become durable in order: when the last has, all have. */
  #last: Promise<unknown> = Promise.resolve()
  #failure: Error | undefined
  #closing: Promise<void> | undefined

  #isRewritten: boolean

  constructor(options: SqliteOptions, { thread, image, isRewritten, ahead }: Opened) {
    this.#options = options
    this.#ahead = ahead
    this.#isRewritten = isRewritten
    this.#thread = thread
    this.#image = image
    this.#nextRevision = image.revision + 1
    this.#compactedRevision = 0
    thread.onDeath = (error) => this.#fail(error)
  }

  get revision(): number {
    return this.#image.revision
  }

  get(key: Key): StoredObject | undefined {
    return this.#image.get(key)
  }

  list(options: ListOptions): ListResult {
    return this.#image.list(options)
  }

  count(prefix: string): number {
    return this.#image.count(prefix)
  }

  watch(options: WatchOptions): Watch {
    return this.#image.watch(options)
  }

  async commit(changes: readonly Change[], actor: Actor): Promise<CommitResult> {
    if (this.#closing) throw new StoreFailure('Cannot commit: the store is closed')
    if (this.#failure) throw new StoreFailure(`Cannot commit: ${this.#failure.message}`, { cause: this.#failure })
    const prepared = prepare(changes, this.#newest, this.#nextRevision)
    if (!prepared.ok) {
      await this.#changes.get(prepared.key)?.transaction.durable.promise
      return prepared
    }
    const { events, objects } = prepared
    if (events.length === 0) return this.#unchanged(changes, objects)
    const revision = this.#nextRevision++
    const transaction: Pending = {
      revision,
      timeMs: this.#options.clock.now(),
      actor,
      events,
      result: { ok: true, revision, objects },
      durable: Promise.withResolvers(),
    }
    for (const { key, object } of events) this.#changes.set(key, { object, transaction })
    this.#waiting.push(transaction)
    this.#last = transaction.durable.promise
    this.#schedule()
    return transaction.durable.promise
  }

  async history(key: Key, limit = 1000): Promise<readonly Revision[]> {
    if (this.#closing) throw new StoreFailure('Cannot read the history: the store is closed')
    const answer = await this.#thread.ask({ type: 'history', key, limit })
    assert(answer.type === 'history', 'a history job is answered with a history')
    return Array.from(unpack(answer.rows), (row) => ({
      revision: row.revision,
      key,
      ...originOf(row),
      bytes: row.bytes ?? undefined,
    }))
  }

  compact(revision: number): Promise<void> {
    const until = Math.min(revision, this.#image.revision)
    this.#image.compact(until)
    // One after the other, so that two callers do not slow down commits twice.
    this.#compaction = this.#compaction.catch(() => {}).then(() => this.#compactDisk(until))
    return this.#compaction
  }

  get isRewritten(): boolean {
    return this.#isRewritten
  }

  async encrypt(encryption: Encryption): Promise<void> {
    if (this.#closing) throw new StoreFailure('Cannot change the encryption: the store is closed')
    const answer = await this.#thread.ask({ type: 'encrypt', encryption })
    assert(answer.type === 'encrypting', 'new keys are answered with what is left to do')
    this.#isRewritten = answer.isRewritten
  }

  async rewrite(): Promise<boolean> {
    while (!this.#closing) {
      if (this.#failure) throw this.#failure
      const answer = await this.#thread.ask({ type: 'rewrite', limit: rewritingStepRows })
      if (answer.type !== 'rewritten' || !answer.finished) continue
      this.#isRewritten = true
      return true
    }
    return false
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  readonly #newest = (key: Key): StoredObject | undefined => {
    const change = this.#changes.get(key)
    return change ? change.object : this.#image.get(key)
  }

  /** That nothing is there may be the work of a deletion under way. */
  async #unchanged(changes: readonly Change[], objects: readonly (StoredObject | undefined)[]): Promise<CommitResult> {
    await Promise.all(changes.map(({ key }) => this.#changes.get(key)?.transaction.durable.promise))
    return { ok: true, revision: this.#image.revision, objects }
  }

  /** What is committed in the same turn shares a transaction even when nothing is being written. */
  #schedule(): void {
    if (this.#isWriting || this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      void this.#write()
    })
  }

  async #write(): Promise<void> {
    if (this.#isWriting || this.#waiting.length === 0) return
    this.#isWriting = true
    const group = this.#waiting.splice(0, groupSize(this.#waiting))
    try {
      await this.#thread.ask({ type: 'commit', rows: packGroup(group) })
    } catch (error) {
      this.#isWriting = false
      if (error instanceof DiskFull) this.#rejectAll(error, group)
      else this.#fail(error as Error, group)
      return
    }
    this.#isWriting = false
    // The thread goes on with the next group while this one is made visible.
    void this.#write()
    for (const transaction of group) {
      this.#image.apply({
        revision: transaction.revision,
        timeMs: transaction.timeMs,
        actor: transaction.actor,
        events: transaction.events,
      })
      this.#settle(transaction)
      transaction.durable.resolve(transaction.result)
    }
    this.#compactWhenDue()
  }

  #settle(transaction: Pending): void {
    for (const { key } of transaction.events)
      if (this.#changes.get(key)?.transaction === transaction) this.#changes.delete(key)
  }

  #compactWhenDue(): void {
    const keep = this.#options.keepRevisions ?? defaultKeepRevisions
    const due = this.#image.revision - keep
    // Not for each revision: a tenth at a time.
    if (due - this.#compactedRevision < keep / 10) return
    this.#compactedRevision = due
    // A disk that fails here fails at the next commit, which somebody waits for.
    this.#compaction = this.#compaction.then(() => this.#compactDisk(due)).catch(() => {})
  }

  async #compactDisk(revision: number): Promise<void> {
    for (;;) {
      if (this.#failure) throw this.#failure
      if (this.#closing) return
      const answer = await this.#thread.ask({ type: 'compact', revision, limit: compactionStepRows })
      if (answer.type === 'compacted' && answer.finished) return
    }
  }

  /** All that waits builds on the group that was lost, so it is lost too. */
  #rejectAll(error: Error, group: readonly Pending[]): void {
    const lost = [...group, ...this.#waiting]
    this.#waiting = []
    this.#changes.clear()
    this.#nextRevision = this.#image.revision + 1
    const failure = new StoreFailure(`Cannot commit: ${error.message}`, { cause: error })
    for (const { durable } of lost) durable.reject(failure)
  }

  #fail(error: Error, group: readonly Pending[] = []): void {
    if (this.#closing && group.length === 0) return
    const isFirst = this.#failure === undefined
    this.#failure ??= new Error(`the store has failed and must be opened again: ${error.message}`, { cause: error })
    this.#rejectAll(error, group)
    if (isFirst) this.#options.onFailure?.(this.#failure)
  }

  async #close(): Promise<void> {
    this.#ahead.cancel()
    await this.#last.catch(() => {})
    await this.#compaction.catch(() => {})
    try {
      this.#image.endWatches(new Error('The store is closed'))
    } finally {
      await this.#thread.close()
    }
  }
}
