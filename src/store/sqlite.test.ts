import assert from 'node:assert/strict'
import { mkdtemp, open as openFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { realClock, settle } from '#lib/clock.ts'
import { openSqliteStore, type SqliteOptions } from './sqlite.ts'
import { actor, content, indexer, record, storeCases, write } from './store.cases.ts'
import { Compacted, type Store } from './store.ts'

async function newPath(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pinnace-store-'))
  context.after(() => rm(folder, { recursive: true }))
  return join(folder, 'data', 'store.db')
}

async function open(context: TestContext, path: string, options: Partial<SqliteOptions> = {}): Promise<Store> {
  const store = await openSqliteStore({ path, indexer, clock: realClock, ...options })
  context.after(() => store.close())
  return store
}

const put = (store: Store, key: string, text: string) => write(store, { key, put: content(text) })
const textOf = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()).text
const dump = (store: Store) =>
  store.list({ prefix: '' }).items.map(({ key, revision, createdRevision, bytes }) => ({
    key,
    revision,
    createdRevision,
    text: textOf(bytes),
  }))

storeCases('sqlite', async (context, past) => open(context, await newPath(context), { past, withoutHistory: [] }))

test('sqlite: a change is visible only once it is durable', async (context) => {
  const store = await open(context, await newPath(context))
  const committing = put(store, 'pods/a/b', 'one')
  assert.equal(store.get('pods/a/b'), undefined)
  assert.equal(store.revision, 0)
  await committing
  assert.equal(store.revision, 1)
})

test('sqlite: a conflict with a change under way is answered when that is durable', async (context) => {
  const store = await open(context, await newPath(context))
  const first = store.commit([{ key: 'pods/a/b', expect: 0, put: content('one') }], actor)
  const second = await store.commit([{ key: 'pods/a/b', expect: 0, put: content('two') }], actor)
  assert.ok(!second.ok)
  assert.equal(second.current, store.get('pods/a/b'))
  assert.ok((await first).ok)
})

test('sqlite: everything is there again after a restart, and revisions go on', async (context) => {
  const path = await newPath(context)
  let store = await open(context, path)
  await put(store, 'pods/a/a', 'a1')
  await put(store, 'pods/a/a', 'a2')
  await put(store, 'pods/a/gone', 'x')
  await write(store, { key: 'pods/a/gone' })
  await put(store, 'pods/a/b', 'b')
  await put(store, 'events/a/e', 'event')
  await write(store, { key: 'events/a/e' })
  const before = dump(store)
  await store.close()
  store = await open(context, path)
  assert.deepEqual(dump(store), before)
  assert.equal(store.revision, 7)
  assert.deepEqual(store.get('pods/a/a')?.index.labels, { text: 'a2' })
  assert.deepEqual(
    (await store.history('pods/a/a')).map(({ revision, bytes }) => [revision, textOf(bytes!)]),
    [
      [2, 'a2'],
      [1, 'a1'],
    ],
  )
  assert.equal(await put(store, 'pods/a/c', 'c'), 8)
})

test('sqlite: watches and older lists go on after a restart, but not where no history is kept', async (context) => {
  const path = await newPath(context)
  let store = await open(context, path)
  for (const text of ['1', '2', '3']) await put(store, 'pods/a/a', text)
  await put(store, 'events/a/e', 'event')
  await write(store, { key: 'pods/a/a' })
  await store.close()
  for (const [limit, after] of [
    [2, 2],
    [100, 0],
  ] as const) {
    store = await open(context, path, { past: { events: limit } })
    assert.equal(store.get('pods/a/a'), undefined)
    const pods = record(store, 'pods/', after)
    const tooEarly = record(store, 'pods/', after - 1)
    const events = record(store, 'events/', 4)
    await settle()
    assert.deepEqual(pods.events, ['1+pods/a/a=1', '2~pods/a/a=2', '3~pods/a/a=3', '5-pods/a/a'].slice(after))
    assert.ok(tooEarly.ended instanceof Compacted)
    assert.ok(events.ended instanceof Compacted)
    const then = store.list({ prefix: 'pods/', revision: 3 })
    assert.deepEqual(
      then.items.map((item) => textOf(item.bytes)),
      ['3'],
    )
    assert.throws(() => store.list({ prefix: '', revision: 4 }), new Compacted(5))
    await store.close()
  }
})

test('sqlite: compaction gives the file its space back, and only the newest is left', async (context) => {
  const path = await newPath(context)
  const store = await open(context, path)
  const large = 'x'.repeat(20_000)
  for (let i = 0; i < 300; i++) await put(store, `pods/a/${i % 3}`, `${large}${i}`)
  await write(store, { key: 'pods/a/0' })
  await store.compact(store.revision)
  assert.equal((await store.history('pods/a/1')).length, 1)
  assert.equal((await store.history('pods/a/0')).length, 0)
  await store.close()
  assert.ok((await stat(path)).size < 1_500_000, `the file has ${(await stat(path)).size} bytes`)
  const again = await open(context, path)
  assert.deepEqual(
    dump(again).map(({ key, revision }) => [key, revision]),
    [
      ['pods/a/1', 299],
      ['pods/a/2', 300],
    ],
  )
  assert.throws(() => again.list({ prefix: '', revision: 300 }), Compacted)
})

test('sqlite: what is older than keepRevisions is forgotten without being asked', async (context) => {
  const store = await open(context, await newPath(context), { keepRevisions: 20 })
  for (let i = 0; i < 60; i++) await put(store, 'pods/a/a', `${i}`)
  await store.compact(0)
  const { length } = await store.history('pods/a/a')
  assert.ok(length >= 20 && length <= 23, `${length} revisions are left`)
})

test('sqlite: of keys without history only the newest version is kept', async (context) => {
  const store = await open(context, await newPath(context))
  for (const text of ['1', '2', '3']) await put(store, 'events/a/e', text)
  assert.deepEqual(
    (await store.history('events/a/e')).map(({ revision }) => revision),
    [3],
  )
  await write(store, { key: 'events/a/e' })
  assert.deepEqual(await store.history('events/a/e'), [])
})

test('sqlite: a second process is refused, and so is a file that is not ours or damaged', async (context) => {
  const path = await newPath(context)
  const store = await open(context, path)
  await put(store, 'pods/a/a', 'a'.repeat(100_000))
  await assert.rejects(open(context, path), /Cannot open the store ".*": another process has it open/)
  await store.close()
  const file = await openFile(path, 'r+')
  await file.write(Buffer.alloc(40_960, 'damage'), 0, 40_960, 40_960)
  await file.close()
  await assert.rejects(open(context, path), /Cannot open the store ".*": (the file is damaged|database disk image)/)
  await writeFile(path, 'this is no database, but long enough to be looked at as one'.repeat(20))
  await assert.rejects(open(context, path), /Cannot open the store ".*": file is not a database/)
})

test('sqlite: only the owner may read the file', async (context) => {
  const path = await newPath(context)
  await open(context, path)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('sqlite: a full disk fails the commits that wait, and no more once there is room', async (context) => {
  const store = await open(context, await newPath(context), { maxBytes: 400_000 })
  const written = await Promise.allSettled(
    Array.from({ length: 100 }, (_, i) => put(store, `pods/a/${i % 2}`, `${i}`.padEnd(10_000))),
  )
  // All were waiting for one transaction, which is written as a whole or not at all.
  for (const each of written)
    assert.match(
      `${each.status === 'rejected' && each.reason}`,
      /StoreFailure: Cannot commit: database or disk is full/,
    )
  assert.equal(store.revision, 0)
  await assert.rejects(async () => {
    for (let i = 0; i < 100; i++) await put(store, `pods/a/${i % 2}`, `${i}`.padEnd(10_000))
  }, /disk is full/)
  const { revision } = store
  assert.ok(revision > 10)
  await store.compact(revision)
  assert.equal(await put(store, 'pods/a/0', 'room again'), revision + 1)
})
