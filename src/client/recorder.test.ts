import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Event } from '#api/core/event.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { createRecorder } from './recorder.ts'
import { ScriptedClient } from './testing.ts'

const pod = (name = 'web') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', uid: `uid-${name}`, resourceVersion: '5' },
})

function world() {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  const stop = new AbortController()
  const recorder = createRecorder({
    client,
    component: 'tester',
    clock,
    random: seededRandom(1),
    log: silentLog,
    signal: stop.signal,
  })
  const events = () => [...client.objects.values()] as unknown as Event[]
  return { client, clock, recorder, events, stop }
}

test('an event says what happened to which object, and who says so', async () => {
  const { recorder, events } = world()
  recorder.record(pod(), 'Normal', 'Pulled', 'Image is here')
  await recorder.idle()
  const [event] = events()
  assert.match(event?.metadata.name ?? '', /^web\.[0-9a-f]{16}$/)
  assert.equal(event?.metadata.namespace, 'a')
  assert.deepEqual(event?.involvedObject, {
    kind: 'Pod',
    namespace: 'a',
    name: 'web',
    uid: 'uid-web',
    apiVersion: 'v1',
    resourceVersion: '5',
  })
  assert.deepEqual(
    [event?.reason, event?.message, event?.type, event?.count, event?.source, event?.reportingComponent],
    ['Pulled', 'Image is here', 'Normal', 1, { component: 'tester' }, 'tester'],
  )
  assert.equal(event?.firstTimestamp, '2030-01-01T00:00:00Z')
})

test('equal events are one that counts', async () => {
  const { client, clock, recorder, events } = world()
  for (let n = 0; n < 3; n++) {
    recorder.record(pod(), 'Warning', 'BackOff', 'Back-off')
    await clock.advance(1000)
  }
  assert.equal(events().length, 1)
  assert.equal(events()[0]?.count, 3)
  assert.equal(events()[0]?.lastTimestamp, '2030-01-01T00:00:02Z')
  assert.deepEqual(
    client.calls.map((call) => call.split(' ')[0]),
    ['create', 'patch', 'patch'],
  )
})

test('an event that the server has forgotten is made anew', async () => {
  const { client, recorder, events } = world()
  recorder.record(pod(), 'Normal', 'Pulled', 'x')
  await recorder.idle()
  client.objects.clear()
  recorder.record(pod(), 'Normal', 'Pulled', 'x')
  await recorder.idle()
  assert.equal(events().length, 1)
})

test('ten different texts for one reason become one combined event', async () => {
  const { recorder, events } = world()
  for (let n = 0; n < 14; n++) recorder.record(pod(), 'Normal', 'Created', `pod ${n}`)
  await recorder.idle()
  assert.equal(events().length, 10)
  const last = events().at(-1)
  assert.equal(last?.message, '(combined from similar events): pod 13')
  assert.equal(last?.count, 5)
})

test('an object that causes too many events is held back, others are not', async () => {
  const { clock, recorder, events } = world()
  for (let n = 0; n < 40; n++) recorder.record(pod(), 'Normal', `Reason${n}`, 'x')
  recorder.record(pod('other'), 'Normal', 'Reason', 'x')
  await recorder.idle()
  assert.equal(events().length, 26)
  await clock.advance(300_000)
  recorder.record(pod(), 'Normal', 'Later', 'x')
  await recorder.idle()
  assert.equal(events().length, 27)
})

test('record() never fails: what cannot be sent is tried again, what is refused is dropped', async () => {
  const { client, clock, recorder, events } = world()
  client.failures.push(new Error('connection refused'))
  recorder.record(pod(), 'Normal', 'Pulled', 'x')
  await settle()
  assert.equal(events().length, 0)
  await clock.advance(10_000)
  assert.equal(events().length, 1)
})

test('what exceeds the queue is dropped', async () => {
  const { client, clock, recorder, stop } = world()
  client.failures.push(new Error('connection refused'))
  for (let n = 0; n < 3000; n++) recorder.record(pod(`p${n}`), 'Normal', 'Pulled', 'x')
  await clock.advance(20_000)
  assert.equal(client.objects.size, 1000)
  stop.abort()
})

test('events about objects without a namespace go to "default"', async () => {
  const { recorder, events } = world()
  recorder.record({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }, 'Normal', 'NodeReady', 'x')
  await recorder.idle()
  assert.equal(events()[0]?.metadata.namespace, 'default')
  assert.equal(events()[0]?.kind, Event.kind)
})
