import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram, inspectMachine, searchPath } from './machine.ts'

const own = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']

for (const [path, expected] of [
  ['', own],
  ['/home/ada/bin', ['/home/ada/bin', ...own]],
  ['/bin:/usr/bin', ['/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin', '/sbin']],
] as const) {
  test(`searchPath() of "${path}" has the administrator's folders behind the user's own`, () => {
    assert.deepEqual(searchPath(path), expected)
  })
}

test('findProgram() takes the first on the path that can be run', (t) => {
  const [first, second] = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'pinnace-test-'))) as [string, string]
  for (const dir of [first, second]) t.after(() => rmSync(dir, { recursive: true }))
  const name = 'pinnace-test-program'
  assert.equal(findProgram(name, `${first}:${second}`), undefined)
  for (const [dir, mode] of [
    [first, 0o644],
    [second, 0o755],
  ] as const) {
    writeFileSync(join(dir, name), '#!/bin/sh\n')
    chmodSync(join(dir, name), mode)
  }
  assert.equal(findProgram(name, `${first}:${second}`), join(second, name))
})

test('inspectMachine() of another system names that and nothing else', () => {
  assert.deepEqual(
    inspectMachine('darwin', 501, '').missing.map(({ what }) => what),
    ['Linux'],
  )
})

test('inspectMachine() tells who is not root how to become it', { skip: process.platform !== 'linux' }, () => {
  const rootMissing = (uid: number) => inspectMachine('linux', uid, '').missing.filter(({ what }) => what === 'root')
  assert.deepEqual(rootMissing(1000), [{ what: 'root', fix: 'run it with sudo' }])
  assert.deepEqual(rootMissing(0), [])
})
