import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testServer } from './fixture.ts'
import { OpenWatches, openWatches } from './open-watches.ts'

const refused = (message: string) => ({
  code: 429,
  message: `Too many requests, please try again later: ${message}`,
})

test('a user may have so many watches open, and more when some have ended', () => {
  const watches = new OpenWatches({ ofUser: 2, ofAll: 10 })
  const first = watches.enter('ada')
  watches.enter('ada')
  assert.throws(() => watches.enter('ada'), refused('user "ada" has 2 open watches'))
  watches.enter('bob')
  first()
  first()
  watches.enter('ada')
  assert.throws(() => watches.enter('ada'), refused('user "ada" has 2 open watches'))
})

test('all users together may have so many', () => {
  const watches = new OpenWatches({ ofUser: 2, ofAll: 3 })
  const [leave] = ['a', 'b', 'c'].map((user) => watches.enter(user))
  assert.throws(() => watches.enter('d'), refused('the server has 3 open watches'))
  leave!()
  watches.enter('d')
})

test('a watch counts until it has ended', async () => {
  const api = await testServer()
  const url = '/api/v1/namespaces/default/configmaps?watch=1'
  const open = openWatches(api.server.core)
  const watch = await api.watch(url)
  assert.equal(open.count, 1)
  await watch.stop()
  assert.equal(open.count, 0)
  const ended = await api.watch(`${url}&timeoutSeconds=10`)
  assert.equal(open.count, 1)
  await api.clock.advance(10_000)
  assert.equal(open.count, 0)
  await ended.stop()
  await api.stop()
})
