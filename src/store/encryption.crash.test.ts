// Kills a process in the middle of rotating keys, again and again: nothing is lost, and nothing is written in plain.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { realClock } from '#lib/clock.ts'
import { randomInt, seededRandom } from '#lib/random.ts'
import { EncryptionKeys } from './encryption-keys.ts'
import { openSqliteStore } from './sqlite.ts'
import { indexer } from './store.cases.ts'

const writer = fileURLToPath(new URL('./encryption.crash-writer.ts', import.meta.url))

async function writeUntilKilled(dir: string, acknowledged: Map<string, number>, afterLines: number): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let lines = 0
  let rotations = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [key, text] = line.split(' ')
    if (line === 'rotated') rotations++
    else acknowledged.set(key!, Number(text))
    if (++lines === afterLines) child.kill('SIGKILL')
  }
  assert.ok(lines >= afterLines, `the writer ended by itself after ${lines} lines`)
  return rotations
}

async function assertNothingPlain(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const bytes = await readFile(join(dir, name))
    assert.ok(!bytes.includes('hunter'), `${name} holds a secret`)
  }
}

test('encryption: a process killed while it rotates keys loses nothing', { timeout: 120_000 }, async (context) => {
  const dir = await mkdtemp(join(tmpdir(), 'pinnace-rotate-'))
  context.after(() => rm(dir, { recursive: true }))
  const random = seededRandom(3)
  const acknowledged = new Map<string, number>()
  let rotations = 0
  for (let round = 0; round < 10; round++) {
    rotations += await writeUntilKilled(dir, acknowledged, 1 + randomInt(random, 200))
    await assertNothingPlain(dir)
    const keys = new EncryptionKeys({ path: join(dir, 'keys.yaml'), resources: ['secrets'] })
    const store = await openSqliteStore({
      path: join(dir, 'store.db'),
      indexer,
      clock: realClock,
      encryption: keys.encryption,
    })
    for (const [key, text] of acknowledged) {
      const stored = Number((store.get(key)?.value as { text: string } | undefined)?.text.replace('hunter', ''))
      assert.ok(stored === text || stored === text + 1, `${key} holds ${stored}, acknowledged was ${text}`)
      // The past is readable too.
      await store.history(key)
    }
    if (round % 2 === 1) {
      // Every other time what was left undone is finished: one key is left.
      keys.use(store)
      await keys.settled
      assert.deepEqual(keys.status.olderKeys, [])
      assert.equal(keys.status.problem, undefined)
      assert.ok(store.isRewritten)
    }
    await store.close()
  }
  assert.ok(rotations > 3, `${rotations} rotations`)
  assert.equal((await stat(join(dir, 'keys.yaml'))).mode & 0o777, 0o600)
})
