import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readImageFolder } from './image-folder.ts'

function folder(t: TestContext, settings: string | undefined): string {
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-test-'))
  t.after(() => rmSync(dir, { recursive: true }))
  if (settings !== undefined) writeFileSync(join(dir, 'image.yaml'), settings)
  return dir
}

test('readImageFolder() takes the files of rootfs/ with their permissions and links', (t) => {
  const dir = folder(t, 'cmd: [/bin/app]')
  mkdirSync(join(dir, 'rootfs', 'bin'), { recursive: true })
  writeFileSync(join(dir, 'rootfs', 'bin', 'app'), 'x')
  chmodSync(join(dir, 'rootfs', 'bin', 'app'), 0o755)
  chmodSync(join(dir, 'rootfs', 'bin'), 0o750)
  symlinkSync('app', join(dir, 'rootfs', 'bin', 'sh'))
  const { files, config, tag, architecture } = readImageFolder(dir, 'app', 'arm64')
  assert.deepEqual(files, [
    { path: 'bin', mode: 0o750 },
    { path: 'bin/app', mode: 0o755, content: Buffer.from('x') },
    { path: 'bin/sh', content: { linkTo: 'app' } },
  ])
  assert.deepEqual(config, { cmd: ['/bin/app'] })
  assert.equal(tag, 'docker.io/library/app:latest')
  assert.equal(architecture, 'arm64')
})

test('readImageFolder() copies files, from the image folder unless they are named from the root, and makes links', (t) => {
  const dir = folder(t, 'copy: { tool: usr/bin/tool }\nlinks: { /bin/sh: ../usr/bin/tool }\nentrypoint: [/bin/sh]')
  writeFileSync(join(dir, 'tool'), 'binary')
  chmodSync(join(dir, 'tool'), 0o700)
  assert.deepEqual(readImageFolder(dir, 'a:1', 'amd64').files, [
    { path: 'usr/bin/tool', mode: 0o700, content: Buffer.from('binary') },
    { path: 'bin/sh', content: { linkTo: '../usr/bin/tool' } },
  ])
})

test('readImageFolder() reads every setting', (t) => {
  const dir = folder(
    t,
    `entrypoint: [/app]
cmd: [serve]
env: { A: b, N: 1, T: true }
workingDir: /srv
user: 1000
ports: [8000, 53/udp]
`,
  )
  assert.deepEqual(readImageFolder(dir, 'a', 'amd64').config, {
    entrypoint: ['/app'],
    cmd: ['serve'],
    env: ['A=b', 'N=1', 'T=true'],
    workingDir: '/srv',
    user: '1000',
    exposedPorts: ['8000/tcp', '53/udp'],
  })
})

for (const [what, settings, error] of [
  ['without image.yaml', undefined, /image\.yaml" is missing/],
  ['with an unknown setting', 'command: [x]', /unknown setting "command"; known are copy, links/],
  ['whose settings are no settings', 'just a text', /does not hold settings/],
  ['that copies what is not there', 'copy: { /nowhere/at/all: x }', /copies "\/nowhere\/at\/all", which is not a file/],
] as const) {
  test(`readImageFolder() of a folder ${what} says so`, (t) => {
    assert.throws(() => readImageFolder(folder(t, settings), 'a', 'amd64'), error)
  })
}
