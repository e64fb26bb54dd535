import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { realClock } from '#lib/clock.ts'
import { EncryptionKeys, type KeySource } from './encryption-keys.ts'
import { type EncryptingStore, openSqliteStore } from './sqlite.ts'
import { content, indexer, write } from './store.cases.ts'

async function newDir(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'pinnace-keys-'))
  context.after(() => rm(dir, { recursive: true }))
  return dir
}

interface Open {
  readonly keys: EncryptionKeys
  readonly store: EncryptingStore
}

async function open(context: TestContext, dir: string, source: Partial<KeySource> = {}): Promise<Open> {
  const keys = new EncryptionKeys({ path: join(dir, 'keys.yaml'), resources: ['secrets'], ...source })
  const store = await openSqliteStore({
    path: join(dir, 'store.db'),
    indexer,
    clock: realClock,
    encryption: keys.encryption,
  })
  context.after(() => store.close())
  keys.use(store)
  await keys.settled
  return { keys, store }
}

const put = (store: EncryptingStore, key: string, text: string) => write(store, { key, put: content(text) })
const textOf = (store: EncryptingStore, key: string) => (store.get(key)?.value as { text: string } | undefined)?.text

/** The files in which the text stands. */
async function holders(dir: string, text: string): Promise<string[]> {
  const names = await readdir(dir)
  const found = await Promise.all(names.map(async (name) => (await readFile(join(dir, name))).includes(text)))
  return names.filter((_, i) => found[i])
}

const sealedWith = async (dir: string, name: string) => (await holders(dir, `k8s:enc:aesgcm:v1:${name}:`)).length > 0

test('secrets are encrypted from the first start, and nothing else is', async (context) => {
  const dir = await newDir(context)
  const { keys, store } = await open(context, dir)
  await put(store, 'secrets/a/b', 'hunter2')
  await put(store, 'configmaps/a/b', 'in the open')
  assert.deepEqual(await holders(dir, 'hunter2'), [])
  assert.notDeepEqual(await holders(dir, 'in the open'), [])
  assert.equal((await stat(join(dir, 'keys.yaml'))).mode & 0o777, 0o600)
  assert.deepEqual(keys.status.rules.length, 1)
  await store.close()
  assert.deepEqual(await holders(dir, 'hunter2'), [])
  const again = await open(context, dir)
  assert.equal(textOf(again.store, 'secrets/a/b'), 'hunter2')
  assert.equal(keys.status.rules[0]!.key, again.keys.status.rules[0]!.key)
  await again.store.close()
})

test('a key is changed while values are read and written, and the old one goes when nothing needs it', async (context) => {
  const dir = await newDir(context)
  const { keys, store } = await open(context, dir)
  for (let i = 0; i < 250; i++) await put(store, `secrets/a/${i}`, `hunter${i}`)
  await put(store, 'secrets/a/0', 'hunter-again')
  await put(store, 'events/a/0', 'of no history')
  const before = keys.status.rules[0]!.key
  assert.ok(await keys.rotate())
  assert.equal(await keys.rotate(), false)
  assert.deepEqual(keys.status.olderKeys, [before])
  let writes = 0
  const writing = (async () => {
    while (keys.status.rewriting) await put(store, `secrets/b/${writes++}`, 'hunter')
  })()
  await keys.settled
  await writing
  assert.deepEqual(keys.status.olderKeys, [])
  assert.notEqual(keys.status.rules[0]!.key, before)
  assert.equal((await store.history('secrets/a/0')).length, 2)
  await store.close()
  assert.ok(!(await readFile(join(dir, 'keys.yaml'), 'utf8')).includes(before))
  assert.deepEqual(await holders(dir, 'hunter'), [])
  const again = await open(context, dir)
  for (let i = 1; i < 250; i++) assert.equal(textOf(again.store, `secrets/a/${i}`), `hunter${i}`)
  assert.equal(again.store.count('secrets/b/'), writes)
  await again.store.close()
})

test('values of an older store are encrypted at the next start, and leave no trace', async (context) => {
  const dir = await newDir(context)
  const plain = await openSqliteStore({ path: join(dir, 'store.db'), indexer, clock: realClock })
  context.after(() => plain.close())
  for (let i = 0; i < 120; i++) await put(plain, `secrets/a/${i}`, `hunter${i} ${'x'.repeat(i * 50)}`)
  for (let i = 0; i < 120; i += 2) await write(plain, { key: `secrets/a/${i}` })
  await plain.close()
  assert.notDeepEqual(await holders(dir, 'hunter'), [])
  const { store } = await open(context, dir)
  assert.ok(store.isRewritten)
  assert.deepEqual(await holders(dir, 'hunter'), [])
  assert.ok(textOf(store, 'secrets/a/1')?.startsWith('hunter1 '))
  await store.close()
  assert.deepEqual(await holders(dir, 'hunter'), [])
})

test('which resources are encrypted can be changed', async (context) => {
  const dir = await newDir(context)
  const first = await open(context, dir)
  await put(first.store, 'secrets/a/b', 'hunter2')
  await put(first.store, 'configmaps/a/b', 'now hidden')
  await first.store.close()
  const second = await open(context, dir, { resources: ['configmaps'] })
  assert.equal(textOf(second.store, 'secrets/a/b'), 'hunter2')
  await second.store.close()
  assert.deepEqual(await holders(dir, 'now hidden'), [])
  assert.notDeepEqual(await holders(dir, 'hunter2'), [])
})

test("an administrator's file counts, and is read again", async (context) => {
  const dir = await newDir(context)
  const first = await open(context, dir)
  await put(first.store, 'secrets/a/b', 'hunter2')
  await first.store.close()
  const givenPath = join(dir, 'given.yaml')
  const given = (...names: string[]) =>
    writeFile(
      givenPath,
      `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
${names.map((name) => `  - aesgcm: { keys: [{ name: ${name}, secret: ${Buffer.alloc(32, name).toString('base64')} }] }`).join('\n')}
`,
    )
  await given('mine')
  const second = await open(context, dir, { givenPath })
  assert.equal(textOf(second.store, 'secrets/a/b'), 'hunter2')
  assert.ok(await sealedWith(dir, 'mine'))
  // The old key is no longer in the file, and is needed all the same until all is written anew.
  await given('other')
  assert.ok(await second.keys.rotate())
  await second.keys.settled
  assert.deepEqual(second.keys.status.olderKeys, [])
  await given('')
  await assert.rejects(second.keys.rotate(), /cannot be used: resources\[0\]\.providers\[0\]\.aesgcm\.keys\[0\]\.name/)
  await second.store.close()
  await given('other')
  const third = await open(context, dir, { givenPath })
  assert.equal(textOf(third.store, 'secrets/a/b'), 'hunter2')
  await third.store.close()
  await assert.rejects(
    open(context, dir),
    /"secrets\/a\/b" is encrypted with a key that is not known: "k8s:enc:aesgcm:v1:other:"/,
  )
})
