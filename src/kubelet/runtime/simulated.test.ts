import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { MemoryFiles } from '../memory-files.ts'
import { type Behaviour, behaviourOf, endOf, httpAnswer, simulateAnnotation } from './behaviour.ts'
import { runtimeCases, testContainer, testSandbox } from './runtime.cases.ts'
import { simulatedRuntime } from './simulated.ts'

const exec = { 'sh -c echo $GREETING; exit 7': { exitCode: 7, stdout: 'hello\n' } }

const images = {
  'runs:1': { present: true, exec },
  'exits:1': { present: true, exitAfterMs: 100, exitCode: 3 },
  'ignores-term:1': { present: true, ignoresSigterm: true },
}

runtimeCases('simulated', async () => {
  const clock = new VirtualClock()
  const runtime = simulatedRuntime({ clock, random: seededRandom(1), images })
  const names = { runs: 'runs:1', exits: 'exits:1', ignoresTerm: 'ignores-term:1' } as const
  return {
    runtime,
    pass: (ms) => clock.advance(ms),
    program: (program) => ({ image: names[program], command: [] }),
    logDirectory: '/logs',
    close: () => runtime.close(),
  }
})

test('behaviourOf() puts the annotation over the image, and a container over all', () => {
  const annotation = JSON.stringify({ '*': { startMs: 5, exitCode: 1 }, app: { exitCode: 2 } })
  assert.deepEqual(behaviourOf({ stopMs: 9 }, annotation, 'app'), { stopMs: 9, startMs: 5, exitCode: 2 })
  assert.deepEqual(behaviourOf({ stopMs: 9 }, annotation, 'other'), { stopMs: 9, startMs: 5, exitCode: 1 })
  assert.throws(() => behaviourOf({}, '{', 'app'), /Annotation "pinnace.dev\/simulate" is no JSON/)
  assert.throws(() => behaviourOf({}, '[]', 'app'), /must be an object/)
  assert.throws(() => behaviourOf({}, '{"app":{"cpu":"much"}}', 'app'), /"much": /)
})

test('endOf() goes through the runs, and stays with the last', () => {
  const runs = [{ exitAfterMs: 1, exitCode: 1 }, { exitAfterMs: 2 }, {}]
  const ends = [0, 1, 2, 3].map((attempt) => endOf({ runs }, attempt))
  assert.deepEqual(ends, [{ afterMs: 1, exitCode: 1 }, { afterMs: 2, exitCode: 0 }, undefined, undefined])
  assert.deepEqual(endOf({ exitAfterMs: 3, oomKilled: true }, 0), { afterMs: 3, exitCode: 137 })
})

test('httpAnswer() answers by path and time', () => {
  const behaviour: Behaviour = { readyAfterMs: 10, http: { '/a': 204, '/b': { status: 200, fromMs: 20, untilMs: 30 } } }
  const cases: [string, number, number][] = [
    ['/a', 9, 503],
    ['/a?x=1', 10, 204],
    ['/b', 19, 503],
    ['/b', 20, 200],
    ['/b', 30, 503],
    ['/c', 20, 404],
  ]
  for (const [path, atMs, status] of cases) assert.equal(httpAnswer(behaviour, path, atMs).status, status)
  assert.equal(httpAnswer({}, '/anything', 0).status, 200)
})

test('each sandbox gets an address of the node of its own, and gives it back', async () => {
  const clock = new VirtualClock()
  const runtime = simulatedRuntime({ clock, random: seededRandom(1), podCidr: () => '10.1.2.0/29' })
  const run = async (name: string) => {
    const id = await runtime.runSandbox({ ...testSandbox(name, '/logs'), hostNetwork: false })
    return { id, ip: (await runtime.sandboxStatus(id))?.ips[0] }
  }
  const first = await run('a')
  const others = [await run('b'), await run('c'), await run('d'), await run('e')]
  assert.deepEqual(
    [first, ...others].map((s) => s.ip),
    ['10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6'],
  )
  await assert.rejects(run('f'), /No free address/)
  await runtime.stopSandbox(first.id)
  assert.equal((await run('g')).ip, '10.1.2.2')
})

test('an address that is made up is answered for as declared, that of the node is not', async () => {
  const clock = new VirtualClock()
  const images = {
    'web:1': { present: true, http: { '/': { status: 200, body: 'hello' } } },
    'mute:1': { present: true },
  }
  const runtime = simulatedRuntime({ clock, random: seededRandom(1), images })
  const run = async (image: string, hostNetwork = false) => {
    const sandbox = { ...testSandbox(`${image}${hostNetwork}`, '/logs'), hostNetwork }
    const id = await runtime.runSandbox(sandbox)
    const config = testContainer('c', image, image, [])
    await runtime.startContainer(await runtime.createContainer(id, config, sandbox))
    return id
  }
  const connection = runtime.dial!(await run('web:1'), 80)!
  connection.write('GET / HTTP/1.1\r\n\r\n')
  let heard = ''
  for await (const chunk of connection) heard += chunk
  assert.match(heard, /^HTTP\/1.1 200 [\s\S]*\r\n\r\nhello$/)
  assert.equal(runtime.dial!(await run('web:1', true), 80), undefined)
  const mute = await run('mute:1')
  assert.throws(() => runtime.dial!(mute, 80), /nothing listens in it/)
})

test('what a container says stands in its log in the form of the runtime', async () => {
  const clock = new VirtualClock()
  const files = new MemoryFiles()
  await files.makeDirectory('/logs')
  const log = ['hello', { text: 'again', afterMs: 1000, everyMs: 2000, stream: 'stderr' as const }]
  const runtime = simulatedRuntime({ clock, random: seededRandom(1), files, images: { 'a:1': { present: true, log } } })
  const sandbox = testSandbox('s', '/logs')
  const sandboxId = await runtime.runSandbox(sandbox)
  const id = await runtime.createContainer(sandboxId, testContainer('c', 'a:1', 'a:1', []), sandbox)
  await runtime.startContainer(id)
  await clock.advance(4000)
  await settle()
  const text = Buffer.from((await files.read('/logs/c.log')) ?? '').toString()
  assert.deepEqual(text.split('\n'), [
    '2030-01-01T00:00:00.000000000Z stdout F hello',
    '2030-01-01T00:00:01.000000000Z stderr F again',
    '2030-01-01T00:00:03.000000000Z stderr F again',
    '',
  ])
  await runtime.close()
  assert.equal(clock.pendingTimers, 0)
})

test('an annotation that cannot be read stops the container from being created', async () => {
  const clock = new VirtualClock()
  const runtime = simulatedRuntime({ clock, random: seededRandom(1), images: { 'a:1': { present: true } } })
  const sandbox = { ...testSandbox('s', '/logs'), annotations: { [simulateAnnotation]: 'no' } }
  const sandboxId = await runtime.runSandbox(sandbox)
  await assert.rejects(runtime.createContainer(sandboxId, testContainer('c', 'a:1', 'a:1', []), sandbox), /is no JSON/)
})
