import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { withLock } from './lock.ts'
import { clusterPaths } from './paths.ts'

function paths(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-test-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return clusterPaths(join(dir, 'cluster'))
}

test('withLock() makes the folder, holds the lock while it works, and leaves nothing of it', async (t) => {
  const at = paths(t)
  const answer = await withLock(at, async () => {
    assert.deepEqual(readdirSync(at.dir), ['lock'])
    return 7
  })
  assert.equal(answer, 7)
  assert.deepEqual(readdirSync(at.dir), [])
})

test('the lock is given back when the work fails, and when the work takes the folder away', async (t) => {
  const at = paths(t)
  await assert.rejects(
    withLock(at, async () => {
      throw new Error('no')
    }),
    /^Error: no$/,
  )
  await withLock(at, async () => rmSync(at.dir, { recursive: true }))
  assert.equal(existsSync(at.dir), false)
})

test('a second command is told that another is at work, and the lock stays with the first', async (t) => {
  const at = paths(t)
  await withLock(at, async () => {
    const second = withLock(at, async () => assert.fail('both work at once'))
    await assert.rejects(second, new RegExp(`Another command is at work on this cluster \\(process ${process.pid}\\)`))
    assert.deepEqual(readdirSync(at.dir), ['lock'])
  })
})

test('the lock of a process that has died counts for nothing', async (t) => {
  const at = paths(t)
  await withLock(at, async () => {})
  // The id of this process, which lives, but of another start: ids are used again.
  writeFileSync(at.lock, process.platform === 'linux' ? `${process.pid} 1` : '999999999 ')
  assert.equal(await withLock(at, async () => 'done'), 'done')
})
