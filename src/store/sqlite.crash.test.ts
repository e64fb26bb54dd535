// Kills a process in the middle of its writes, again and again, and checks what is left.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { realClock } from '#lib/clock.ts'
import { randomInt, seededRandom } from '#lib/random.ts'
import { openSqliteStore } from './sqlite.ts'
import { indexer } from './store.cases.ts'

const writer = fileURLToPath(new URL('./sqlite.crash-writer.ts', import.meta.url))
const nodeArguments = ['--disable-warning=ExperimentalWarning', writer]

async function newPath(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pinnace-crash-'))
  context.after(() => rm(folder, { recursive: true }))
  return join(folder, 'store.db')
}

/** What the child was told is durable: the newest text of each key, and the newest revision. */
interface Acknowledged {
  readonly texts: Map<string, number>
  revision: number
}

async function writeUntilKilled(path: string, acknowledged: Acknowledged, afterWrites: number): Promise<void> {
  const child = spawn(process.execPath, [...nodeArguments, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let writes = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [key, text, revision] = line.split(' ')
    acknowledged.texts.set(key!, Number(text))
    acknowledged.revision = Math.max(acknowledged.revision, Number(revision))
    if (++writes === afterWrites) child.kill('SIGKILL')
  }
  assert.ok(writes >= afterWrites, `the writer ended by itself after ${writes} writes`)
}

async function assertIntact(path: string, { texts, revision }: Acknowledged): Promise<void> {
  const store = await openSqliteStore({ path, indexer, clock: realClock })
  assert.ok(store.revision >= revision, `revision ${store.revision} is before the acknowledged ${revision}`)
  for (const [key, text] of texts) {
    const stored = Number((store.get(key)?.value as { text: string } | undefined)?.text)
    // At most one write per key was under way: it may have been stored without being acknowledged.
    assert.ok(stored === text || stored === text + 1, `${key} holds ${stored}, acknowledged was ${text}`)
    assert.equal((await store.history(key, 1))[0]?.revision, store.get(key)?.revision)
  }
  await store.close()
  const database = new DatabaseSync(path)
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  database.close()
}

test('sqlite: a killed process loses nothing that was acknowledged', { timeout: 60_000 }, async (context) => {
  const path = await newPath(context)
  const random = seededRandom(15)
  const acknowledged: Acknowledged = { texts: new Map(), revision: 0 }
  for (let round = 0; round < 15; round++) {
    await writeUntilKilled(path, acknowledged, 1 + randomInt(random, 400))
    await assertIntact(path, acknowledged)
  }
})

const skip = process.platform === 'linux' ? false : 'needs ulimit as on Linux'

test('sqlite: a disk that fails stops all writing, and nothing acknowledged is lost', { skip }, async (context) => {
  const path = await newPath(context)
  // The signal is ignored, so that writing beyond the limit fails as on a broken disk.
  const limited = 'trap "" XFSZ; ulimit -f 1000; exec "$0" "$@"'
  const child = spawn('sh', ['-c', limited, process.execPath, ...nodeArguments, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: Acknowledged = { texts: new Map(), revision: 0 }
  const told: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const [key, text, revision] = line.split(' ')
    if (line.startsWith('failed')) told.push(line)
    else {
      acknowledged.texts.set(key!, Number(text))
      acknowledged.revision = Math.max(acknowledged.revision, Number(revision))
    }
  }
  assert.ok(acknowledged.revision > 10)
  assert.match(told.join('\n'), /failed: Cannot commit: disk I\/O error/)
  assert.match(told.join('\n'), /failed later: Cannot commit: the store has failed and must be opened again/)
  await assertIntact(path, acknowledged)
})
