// The thread that owns the database file. It does one job after the other; a commit job is one SQLite transaction,
// and it is answered after its fsync. Nothing else in the program touches the file.
//
// `log` holds every version that is still known, in order; each row names the row it superseded, so a key's history
// is a walk back, and compaction is a walk forward that deletes what rows superseded. `heads` names each key's
// newest row. Keys whose past is not worth keeping live in `latest`, one row each.

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '#lib/assert.ts'
import { realClock } from '#lib/clock.ts'
import { giveBackIdleMemory } from '#lib/idle-memory.ts'
import { type Encryption, isSealed, Keyring } from './encryption.ts'
import { pack, type Row, type Rows, unpack } from './sqlite-rows.ts'

export interface OpenOptions {
  readonly path: string
  readonly withoutHistory: readonly string[]
  /** How many of the newest changes are handed over as such, so that watches can go on after a restart. */
  readonly recentChanges: number
  readonly maxBytes: number | undefined
  readonly encryption: Encryption
}

export type Job =
  | { readonly type: 'commit'; readonly rows: Rows }
  | { readonly type: 'compact'; readonly revision: number; readonly limit: number }
  | { readonly type: 'history'; readonly key: string; readonly limit: number }
  /** From now on values are encrypted in this way. */
  | { readonly type: 'encrypt'; readonly encryption: Encryption }
  /** Writes some of the values anew that are not encrypted as they should be. */
  | { readonly type: 'rewrite'; readonly limit: number }
  | { readonly type: 'close' }

export type Answer =
  | { readonly type: 'loaded'; readonly rows: Rows; readonly isRecent: boolean }
  | { readonly type: 'opened'; readonly revision: number; readonly floor: number; readonly isRewritten: boolean }
  | { readonly type: 'done' }
  | { readonly type: 'encrypting'; readonly isRewritten: boolean }
  | { readonly type: 'compacted' | 'rewritten'; readonly finished: boolean }
  | { readonly type: 'history'; readonly rows: Rows }
  | { readonly type: 'failed'; readonly message: string; readonly isFull: boolean }

/** 'pinn' */
const applicationId = 0x70696e6e
/** Since 2, values may be encrypted. */
const schemaVersion = 2
const oldestSchemaVersion = 1
const schema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('revision', 0), ('compactedRevision', 0), ('compactedId', 0);
  CREATE TABLE log (
    id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL,
    superseded INTEGER, time INTEGER NOT NULL, user TEXT NOT NULL, client TEXT NOT NULL, bytes BLOB
  );
  CREATE TABLE heads (key TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE latest (
    key TEXT PRIMARY KEY, revision INTEGER NOT NULL, created INTEGER NOT NULL,
    time INTEGER NOT NULL, user TEXT NOT NULL, client TEXT NOT NULL, bytes BLOB NOT NULL
  );
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`

const rowsPerMessage = 1000
/** Given back to the file system in one step of a compaction. */
const pagesPerStep = 500

const sqliteBusy = 5
/** Such a transaction is rolled back cleanly, and worth another try when there is room again. */
const sqliteFull = 13

/** Where a rewriting has come to. */
interface Rewriting {
  table: 'log' | 'latest'
  after: number | string
}

class Disk {
  readonly #db: DatabaseSync
  #keyring: Keyring
  #rewriting: Rewriting | undefined
  readonly #withoutHistory: readonly string[]
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>
  /** Ids are never used twice, so that a row can be named after it is gone. */
  #lastId: number

  constructor({ path, withoutHistory, maxBytes, encryption }: OpenOptions) {
    this.#withoutHistory = withoutHistory
    this.#keyring = new Keyring(encryption)
    this.#db = openDatabase(path)
    if (maxBytes !== undefined)
      this.#db.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / this.#pragma('page_size'))}`)
    this.#statements = Object.fromEntries(
      Object.entries(sql).map(([name, text]) => [name, this.#db.prepare(text)]),
    ) as Record<keyof typeof sql, StatementSync>
    const { id } = this.#statements.lastId.get() as { id: number | null }
    this.#lastId = Math.max(id ?? 0, this.#meta('compactedId'))
    // Nothing has been written yet, so nothing has been written otherwise.
    if (this.#meta('revision') === 0) this.#setMeta('encryptedAs', this.#keyring.fingerprint)
  }

  /** Hands over everything: the objects as they stood at the floor, then the changes since then. */
  load(recentChanges: number, take: (rows: Rows, isRecent: boolean) => void): { revision: number; floor: number } {
    const cut = this.#statements.nthNewest.get(recentChanges) as { id: number; revision: number } | undefined
    const compacted = this.#meta('compactedRevision')
    const floor = Math.max(compacted, cut?.revision ?? 0)
    const firstId = cut?.id ?? 0
    const handOver = (rows: Iterable<unknown>, isRecent: boolean) => {
      for (const chunk of chunks(rows as Iterable<Row>, rowsPerMessage)) take(this.#pack(chunk), isRecent)
    }
    handOver(this.#statements.headsAtFloor.iterate(floor), false)
    handOver(this.#statements.supersededAtFloor.iterate(firstId, floor, floor), false)
    handOver(this.#statements.allLatest.iterate(), false)
    handOver(this.#statements.recent.iterate(firstId, floor), true)
    return { revision: this.#meta('revision'), floor }
  }

  commit(rows: Rows): void {
    this.#transaction(() => {
      let revision = 0
      for (const row of unpack(rows)) {
        revision = row.revision
        if (this.#withoutHistory.some((prefix) => row.key.startsWith(prefix))) this.#writeLatest(row)
        else this.#writeLog(row)
      }
      this.#setMeta('revision', revision)
    })
  }

  /** One bounded step; true when all is forgotten, and the file has shrunk. */
  compact(revision: number, limit: number): boolean {
    const { forget, forgetHead } = this.#statements
    const finished = this.#transaction(() => {
      // Set first: what is half forgotten is not to be read.
      if (this.#meta('compactedRevision') < revision) this.#setMeta('compactedRevision', revision)
      const rows = this.#statements.toCompact.all(this.#meta('compactedId'), revision, limit) as {
        id: number
        key: string
        superseded: number | null
        deletion: number
      }[]
      for (const { id, key, superseded, deletion } of rows) {
        if (superseded !== null) forget.run(superseded)
        if (!deletion) continue
        forget.run(id)
        forgetHead.run(key, id)
      }
      const last = rows.at(-1)
      if (last) this.#setMeta('compactedId', last.id)
      return rows.length < limit
    })
    const free = this.#pragma('freelist_count')
    // Some free pages are left for what comes next; giving back all would only make the file grow again.
    if (free <= Math.max(256, this.#pragma('page_count') / 8)) return finished
    this.#db.exec(`PRAGMA incremental_vacuum(${pagesPerStep})`)
    return false
  }

  history(key: string, limit: number): Rows {
    const { latestOf, headOf, logRow } = this.#statements
    const latest = latestOf.get(key) as Row | undefined
    if (latest) return this.#pack([latest])
    const found: Row[] = []
    let id = (headOf.get(key) as { id: number } | undefined)?.id ?? null
    while (id !== null && found.length < limit) {
      const row = logRow.get(id) as (Row & { superseded: number | null }) | undefined
      if (!row) break
      found.push(row)
      id = row.superseded
    }
    return this.#pack(found)
  }

  /** Whether every value is encrypted as it should be. */
  get isRewritten(): boolean {
    return this.#encryptedAs === this.#keyring.fingerprint
  }

  encrypt(encryption: Encryption): void {
    this.#keyring = new Keyring(encryption)
    this.#rewriting = undefined
  }

  /** One bounded step; true when every value, also of the past, is as it should be, and no trace is left of plain ones. */
  rewrite(limit: number): boolean {
    if (this.isRewritten) return true
    // Freed pages are overwritten with zeros.
    this.#db.exec('PRAGMA secure_delete = ON')
    this.#rewriting ??= { table: 'log', after: 0 }
    const { table, after } = this.#rewriting
    const { logAfter, latestAfter, setLogBytes, setLatestBytes } = this.#statements
    const rows = (table === 'log' ? logAfter : latestAfter).all(after, limit) as {
      at: number | string
      key: string
      bytes: Uint8Array | null
    }[]
    this.#transaction(() => {
      for (const { at, key, bytes } of rows) {
        if (!bytes || this.#keyring.isCurrent(key, bytes)) continue
        const sealed = this.#keyring.seal(key, this.#keyring.open(key, bytes))
        if (!isSealed(bytes)) this.#setMeta('plainTraces', 1)
        if (table === 'log') setLogBytes.run(sealed, at)
        else setLatestBytes.run(sealed, at)
      }
    })
    const last = rows.at(-1)
    if (last) this.#rewriting.after = last.at
    if (rows.length === limit) return false
    if (table === 'log') {
      this.#rewriting = { table: 'latest', after: '' }
      return false
    }
    this.#endRewriting()
    return true
  }

  /** What was plain is not to be found in the free places of the file either, which only a whole new one ensures. */
  #endRewriting(): void {
    this.#rewriting = undefined
    if (this.#meta('plainTraces') === 1) {
      this.#db.exec('PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY')
      this.#setMeta('plainTraces', 0)
    }
    this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    this.#db.exec('PRAGMA secure_delete = OFF')
    this.#setMeta('encryptedAs', this.#keyring.fingerprint)
  }

  get #encryptedAs(): string | undefined {
    return (this.#statements.encryptedAs.get() as { value: string } | undefined)?.value
  }

  close(): void {
    this.#db.close()
  }

  #pack(rows: readonly Row[]): Rows {
    return pack(rows.map((row) => (row.bytes ? { ...row, bytes: this.#keyring.open(row.key, row.bytes) } : row)))
  }

  #writeLog({ key, revision, created, time, user, client, bytes }: Row): void {
    const { headOf, setHead, insert } = this.#statements
    const head = headOf.get(key) as { id: number } | undefined
    const id = ++this.#lastId
    const sealed = bytes && this.#keyring.seal(key, bytes)
    insert.run(id, revision, key, created, head?.id ?? null, time, user, client, sealed)
    setHead.run(key, id)
  }

  #writeLatest({ key, revision, created, time, user, client, bytes }: Row): void {
    const sealed = bytes && this.#keyring.seal(key, bytes)
    if (sealed) this.#statements.setLatest.run(key, revision, created, time, user, client, sealed)
    else this.#statements.forgetLatest.run(key)
  }

  #transaction<T>(work: () => T): T {
    const lastId = this.#lastId
    const { begin, commit } = this.#statements
    begin.run()
    try {
      const result = work()
      commit.run()
      return result
    } catch (error) {
      this.#lastId = lastId
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#db.prepare(`PRAGMA ${name}`).get()!)[0])
  }

  #meta(name: string): number {
    return (this.#statements.meta.get(name) as { value: number } | undefined)?.value ?? 0
  }

  #setMeta(name: string, value: number | string): void {
    this.#statements.setMeta.run(value, name)
  }
}

const columns = 'key, revision, created, time, user, client, bytes'
const of = (table: string) =>
  columns
    .split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ')

const sql = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  meta: 'SELECT value FROM meta WHERE name = ?',
  setMeta: 'INSERT INTO meta VALUES (?2, ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  encryptedAs: "SELECT value FROM meta WHERE name = 'encryptedAs'",
  logAfter: 'SELECT id AS at, key, bytes FROM log WHERE id > ? ORDER BY id LIMIT ?',
  latestAfter: 'SELECT key AS at, key, bytes FROM latest WHERE key > ? ORDER BY key LIMIT ?',
  setLogBytes: 'UPDATE log SET bytes = ? WHERE id = ?',
  setLatestBytes: 'UPDATE latest SET bytes = ? WHERE key = ?',
  lastId: 'SELECT max(id) AS id FROM log',
  insert:
    'INSERT INTO log (id, revision, key, created, superseded, time, user, client, bytes) VALUES (?,?,?,?,?,?,?,?,?)',
  headOf: 'SELECT id FROM heads WHERE key = ?',
  setHead: 'INSERT INTO heads (key, id) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET id = excluded.id',
  forgetHead: 'DELETE FROM heads WHERE key = ? AND id = ?',
  forget: 'DELETE FROM log WHERE id = ?',
  toCompact: `SELECT id, key, superseded, bytes IS NULL AS deletion FROM log
    WHERE id > ? AND revision <= ? ORDER BY id LIMIT ?`,
  logRow: `SELECT ${columns}, superseded FROM log WHERE id = ?`,
  setLatest: `INSERT INTO latest (${columns}) VALUES (?,?,?,?,?,?,?) ON CONFLICT (key) DO UPDATE SET
    revision = excluded.revision, created = excluded.created, time = excluded.time,
    user = excluded.user, client = excluded.client, bytes = excluded.bytes`,
  latestOf: `SELECT ${columns} FROM latest WHERE key = ?`,
  forgetLatest: 'DELETE FROM latest WHERE key = ?',
  allLatest: `SELECT ${columns} FROM latest`,
  nthNewest: 'SELECT id, revision FROM log ORDER BY id DESC LIMIT 1 OFFSET ?',
  recent: `SELECT ${columns} FROM log WHERE id > ? AND revision > ? ORDER BY id`,
  headsAtFloor: `SELECT ${of('log')} FROM heads CROSS JOIN log ON log.id = heads.id
    WHERE log.revision <= ? AND log.bytes IS NOT NULL`,
  supersededAtFloor: `SELECT ${of('old')} FROM log AS new CROSS JOIN log AS old ON old.id = new.superseded
    WHERE new.id > ? AND new.revision > ? AND old.revision <= ? AND old.bytes IS NOT NULL`,
} as const

function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // Made here, since SQLite would let everybody read it; its side files get the same mode.
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { timeout: 0 })
  const pragma = (text: string) => Object.values(db.prepare(`PRAGMA ${text}`).get() ?? {})[0]
  try {
    // One process has the file for as long as it runs: no shared memory file, and nobody writes behind our back.
    pragma('locking_mode = EXCLUSIVE')
    pragma('auto_vacuum = INCREMENTAL')
    pragma('journal_mode = WAL')
    db.exec(`PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1;
      PRAGMA journal_size_limit = ${64 * 1024 * 1024}; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;`)
    const tables =
      pragma('quick_check(1)') === 'ok' ? db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() : null
    if (!tables) throw new Error('the file is damaged; restore it from a backup')
    if (tables.n === 0) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    if (pragma('application_id') !== applicationId) throw new Error('the file is the database of another program')
    const version = Number(pragma('user_version'))
    if (version < oldestSchemaVersion || version > schemaVersion)
      throw new Error(`the file has format ${version}, and this program reads format ${schemaVersion}`)
    // An older program would take encrypted values for damaged ones; it is to say instead that it is too old.
    if (version < schemaVersion) db.exec(`PRAGMA user_version = ${schemaVersion}`)
    return db
  } catch (error) {
    db.close()
    if ((error as { errcode?: number }).errcode === sqliteBusy) throw new Error('another process has it open')
    throw error
  }
}

function* chunks<T>(items: Iterable<T>, size: number): IterableIterator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

function run(port: NonNullable<typeof parentPort>, options: OpenOptions): void {
  const answer = (message: Answer) => {
    const isLarge = message.type === 'loaded' || message.type === 'history'
    port.postMessage(message, isLarge ? [message.rows.bytes.buffer] : [])
  }
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      const isFull = (error as { errcode?: number }).errcode === sqliteFull
      answer({ type: 'failed', message: (error as Error).message, isFull })
    }
  }
  let disk: Disk | undefined
  guarded(() => {
    disk = new Disk(options)
    const loaded = disk.load(options.recentChanges, (rows, isRecent) => answer({ type: 'loaded', rows, isRecent }))
    answer({ type: 'opened', ...loaded, isRewritten: disk.isRewritten })
  })
  port.on('message', (job: Job) => guarded(() => answer(perform(job))))

  const perform = (job: Job): Answer => {
    assert(disk, 'jobs come after the database has been opened')
    switch (job.type) {
      case 'commit':
        disk.commit(job.rows)
        return { type: 'done' }
      case 'compact':
        return { type: 'compacted', finished: disk.compact(job.revision, job.limit) }
      case 'history':
        return { type: 'history', rows: disk.history(job.key, job.limit) }
      case 'encrypt':
        disk.encrypt(job.encryption)
        return { type: 'encrypting', isRewritten: disk.isRewritten }
      case 'rewrite':
        return { type: 'rewritten', finished: disk.rewrite(job.limit) }
      case 'close':
        disk.close()
        port.close()
        return { type: 'done' }
    }
  }
}

if (parentPort) {
  run(parentPort, workerData as OpenOptions)
  // A thread has a heap of its own, and nobody else collects it.
  giveBackIdleMemory(realClock)
}
