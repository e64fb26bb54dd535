import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { planState } from '../cluster/plan.ts'
import { writeState } from '../cluster/state.ts'
import { type Outside, UsageError } from '../command.ts'
import { checkOwner, commandLine, existingCluster, placeOf } from './local.ts'

const uid = process.getuid?.() ?? 0

/** A home with nothing in it, and a program in /src/bin of a checkout. */
function outsideIn(t: TestContext, overrides: Partial<Outside> = {}): Outside {
  const home = mkdtempSync(join(tmpdir(), 'pinnace-test-'))
  t.after(() => rmSync(home, { recursive: true }))
  mkdirSync(join(home, 'checkout', 'bin'), { recursive: true })
  const program = join(home, 'checkout', 'bin', 'pinnace')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
  return {
    env: {},
    home,
    platform: 'linux',
    arch: 'x64',
    uid: 1000,
    version: '0.0.0',
    program,
    clock: new VirtualClock(),
    random: seededRandom(1),
    stdout: () => undefined,
    stderr: () => undefined,
    isTty: false,
    colour: { stdout: false, stderr: false },
    cwd: join(home, 'checkout'),
    ...overrides,
  }
}

function make(name: string, dataDir: string | undefined, outside: Outside): void {
  const { tools } = placeOf({ name, ...(dataDir ? { dataDir } : {}) }, outside)
  const wanted = { name, nodes: 1, simulated: true, kubeconfig: '/k' }
  const free = { index: 255, port: 6443, before: { forwarding: true, namespaces: true } }
  writeState(tools.paths, planState(undefined, wanted, free))
}

test('placeOf() means the cluster "pinnace" in its usual folder unless told otherwise', (t) => {
  const outside = outsideIn(t)
  const { name, tools, state } = placeOf({}, outside)
  assert.deepEqual([name, state], ['pinnace', undefined])
  assert.equal(tools.paths.dir, join(outside.home, '.local/share/pinnace/pinnace'))
})

test('placeOf() takes a folder as it is called from here, and the name of the cluster that is in it', (t) => {
  const outside = outsideIn(t)
  make('test', 'own', outside)
  const { name, tools, state } = placeOf({ dataDir: 'own' }, outside)
  assert.deepEqual([name, tools.paths.dir, state?.name], ['test', join(outside.cwd, 'own'), 'test'])
})

test('placeOf() does not mistake one cluster for another', (t) => {
  const outside = outsideIn(t)
  make('test', 'own', outside)
  const error = `"${join(outside.cwd, 'own')}" is the folder of the cluster "test", not of "other"`
  assert.throws(() => placeOf({ name: 'other', dataDir: 'own' }, outside), { message: error, exitCode: 2 })
})

test('existingCluster() says how to start one where there is none', (t) => {
  const outside = outsideIn(t)
  assert.throws(
    () => existingCluster({ name: 'x', dataDir: '/d d' }, outside),
    new UsageError(`There is no cluster "x" here. Start one with: bin/pinnace up --name x --data-dir '/d d'`),
  )
})

test('commandLine() names only what is not usual, and calls the program as the user can', (t) => {
  const outside = outsideIn(t)
  const usual = placeOf({}, outside)
  assert.equal(commandLine('down', usual, outside), 'bin/pinnace down')
  assert.equal(commandLine('down', usual, { ...outside, cwd: join(outside.cwd, 'bin') }), './pinnace down')
  assert.equal(commandLine('down', usual, { ...outside, cwd: '/usr' }), `${outside.program} down`)
  const elsewhere = join(outside.home, 'elsewhere')
  mkdirSync(elsewhere)
  symlinkSync(outside.program, join(elsewhere, 'pinnace'))
  assert.equal(commandLine('down', usual, { ...outside, env: { PATH: elsewhere } }), 'pinnace down')
  const named = placeOf({ name: 'test' }, outside)
  assert.equal(commandLine('up', named, outside), 'bin/pinnace up --name test')
})

test('checkOwner() lets the owner and root change a cluster, and nobody else', (t) => {
  const outside = outsideIn(t)
  make('test', undefined, outside)
  const place = placeOf({ name: 'test' }, outside)
  checkOwner(place, { ...outside, uid })
  checkOwner(place, { ...outside, uid: 0 })
  assert.throws(() => checkOwner(place, { ...outside, uid: uid + 1 }), /The cluster "test" belongs to/)
})
