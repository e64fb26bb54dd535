import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { expired } from '#api/status-error.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { createInformers, isAtLeast } from './informers.ts'
import { ScriptedClient } from './testing.ts'

function world(options: { silenceMs?: number } = {}) {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  const informers = createInformers({ client, clock, random: seededRandom(1), log: silentLog, ...options })
  const add = (name: string, data: Record<string, string> = {}, namespace = 'a') =>
    client.put(ConfigMap, { metadata: { name, namespace }, data })
  const lists = () => client.calls.filter((call) => call.startsWith('list')).length
  return { client, clock, informers, add, lists }
}

test('an informer shows what was there and what comes, in order', async () => {
  const { client, informers, add } = world()
  add('one')
  const informer = informers.of(ConfigMap)
  const seen: string[] = []
  informer.onChange((next, old) => seen.push(`${old?.metadata.name ?? '-'}>${next?.metadata.name ?? '-'}`))
  await informer.synced
  add('two')
  add('one', { x: '1' })
  client.remove(ConfigMap, { namespace: 'a', name: 'two' })
  await settle()
  assert.deepEqual(seen, ['->one', '->two', 'one>one', 'two>-'])
  assert.equal(informer.get('a', 'one')?.data?.x, '1')
  assert.equal(informer.get('a', 'two'), undefined)
  await informers.stop()
})

test('indexes by namespace and by what was added follow every change', async () => {
  const { informers, add, client } = world()
  add('one', { team: 'red' })
  add('two', { team: 'red' }, 'b')
  const informer = informers.of(ConfigMap)
  await informer.synced
  informer.addIndex('team', (object) => (object.data?.team ? [object.data.team] : []))
  const names = (team: string) => informer.byIndex('team', team).map(({ metadata }) => metadata.name)
  assert.deepEqual(names('red'), ['one', 'two'])
  assert.deepEqual(
    informer.list('b').map(({ metadata }) => metadata.name),
    ['two'],
  )
  add('one', { team: 'blue' })
  client.remove(ConfigMap, { namespace: 'b', name: 'two' })
  await settle()
  assert.deepEqual([names('red'), names('blue')], [[], ['one']])
  assert.throws(() => informer.byIndex('size', '1'), /no index "size"/)
  await informers.stop()
})

test('a handler that throws hurts neither the others nor the cache', async () => {
  const { informers, add } = world()
  const informer = informers.of(ConfigMap)
  let calls = 0
  informer.onChange(() => {
    throw new Error('bad handler')
  })
  informer.onChange(() => calls++)
  await informer.synced
  add('one')
  await settle()
  assert.equal(calls, 1)
  assert.ok(informer.get('a', 'one'))
  await informers.stop()
})

test('a broken watch goes on from its revision, without a list', async () => {
  const { client, clock, informers, add, lists } = world()
  const informer = informers.of(ConfigMap)
  await informer.synced
  add('one')
  await settle()
  client.breakWatches(new Error('connection reset'))
  await clock.advance(1000)
  add('two')
  await settle()
  assert.ok(informer.get('a', 'two'))
  assert.equal(lists(), 1)
  assert.equal(client.calls.at(-1), `watch configmaps ${Number(client.revision) - 1}`)
  await informers.stop()
})

test('an expired revision causes one list, and deletions are noticed by it', async () => {
  const { client, clock, informers, add, lists } = world()
  add('one')
  const informer = informers.of(ConfigMap)
  await informer.synced
  await settle()
  const gone: string[] = []
  informer.onChange((next, old) => !next && gone.push(old?.metadata.name ?? ''))
  client.muted = true
  client.remove(ConfigMap, { namespace: 'a', name: 'one' })
  client.muted = false
  client.breakWatches(expired('too old resource version'))
  await clock.advance(10)
  assert.deepEqual(gone, ['one'])
  assert.equal(lists(), 2)
  await informers.stop()
})

test('a server that expires every watch is not listed in a storm', async () => {
  const { client, clock, informers, lists } = world()
  client.expireAll = true
  informers.of(ConfigMap)
  await clock.advance(60_000)
  assert.ok(lists() <= 9, `${lists()} lists in a minute`)
  await informers.stop()
})

test('a list that fails is tried again until it succeeds', async () => {
  const { client, clock, informers, add } = world()
  client.failures.push(new Error('refused'), new Error('refused'), new Error('refused'))
  add('one')
  const informer = informers.of(ConfigMap)
  await clock.advance(1)
  assert.equal(informer.isSynced, false)
  await clock.advance(8000)
  assert.ok(informer.get('a', 'one'))
  await informers.stop()
})

test('a silent server is noticed, and asked anew from the last bookmark', async () => {
  const { client, clock, informers, add, lists } = world({ silenceMs: 90_000 })
  const informer = informers.of(ConfigMap)
  await informer.synced
  await settle()
  client.revision = 41
  client.bookmark(ConfigMap)
  await settle()
  client.muted = true
  add('one')
  await clock.advance(60_000)
  const watches = client.calls.length
  await clock.advance(31_000)
  assert.equal(client.calls.length, watches + 1)
  assert.equal(client.calls.at(-1), 'watch configmaps 41')
  assert.equal(lists(), 1)
  await informers.stop()
})

test('long lists come in pages', async () => {
  const { client, informers, add } = world()
  for (let n = 0; n < 2500; n++) add(`c${n}`)
  const informer = informers.of(ConfigMap)
  await informer.synced
  assert.equal(informer.list().length, 2500)
  assert.equal(client.calls.filter((call) => call.startsWith('list')).length, 3)
  await informers.stop()
})

test('an object that was replaced while the watch was broken is a deletion and an addition', async () => {
  const { client, clock, informers, add } = world()
  add('one')
  const informer = informers.of(ConfigMap)
  await informer.synced
  await settle()
  const seen: string[] = []
  informer.onChange((next, old) => seen.push(`${old?.metadata.uid ?? '-'}>${next?.metadata.uid ?? '-'}`))
  client.muted = true
  client.remove(ConfigMap, { namespace: 'a', name: 'one' })
  add('one')
  client.muted = false
  client.breakWatches(expired('too old'))
  await clock.advance(10)
  assert.deepEqual(seen.slice(1), ['uid-2>-', '->uid-4'])
  await informers.stop()
})

test('seen() resolves when the revision has arrived, by an event or a bookmark', async () => {
  const { client, informers, add } = world()
  const informer = informers.of(ConfigMap)
  await informer.synced
  await settle()
  let arrived = ''
  void informer.seen(String(client.revision + 1)).then(() => {
    arrived += 'first'
  })
  void informer.seen('100').then(() => {
    arrived += ' second'
  })
  await settle()
  assert.equal(arrived, '')
  add('one')
  await settle()
  assert.equal(arrived, 'first')
  client.revision = 100
  client.bookmark(ConfigMap)
  await settle()
  assert.equal(arrived, 'first second')
  await informers.stop()
})

test('stop() ends every watch and leaves no timer', async () => {
  const { client, clock, informers } = world()
  const informer = informers.of(ConfigMap)
  await informer.synced
  await settle()
  await informers.stop()
  assert.equal(client.watches.size, 0)
  assert.equal(clock.pendingTimers, 0)
  assert.throws(() => informers.of(ConfigMap), /have stopped/)
})

test('isAtLeast() compares revisions as numbers of any length', () => {
  assert.equal(isAtLeast('10', '9'), true)
  assert.equal(isAtLeast('9', '10'), false)
  assert.equal(isAtLeast('10', '10'), true)
  assert.equal(isAtLeast('', '1'), false)
})
