import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from './fixture.ts'
import { follow } from './follow.ts'

const url = '/api/v1/namespaces/default/configmaps'

describe('follow()', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  test('tells what is there, and then each change, also after one that its handler could not take', async () => {
    const told: string[] = []
    const note = (what: string, key: string) => {
      const name = key.slice(key.lastIndexOf('/') + 1)
      told.push(`${what} ${name}`)
      if (name === 'poison') throw new Error('This is too much')
    }
    await api.ask('POST', url, { metadata: { name: 'first' } })
    const stop = follow(api.store, 'configmaps', {
      set: ({ key }) => note('set', key),
      remove: ({ key }) => note('remove', key),
    })
    const warned = once(process, 'warning')
    await api.ask('POST', url, { metadata: { name: 'poison' } })
    await api.ask('PUT', `${url}/first`, { metadata: { name: 'first' }, data: { a: 'b' } })
    await api.ask('DELETE', `${url}/first`)
    const [warning] = await warned
    stop()
    await api.ask('POST', url, { metadata: { name: 'late' } })
    assert.deepEqual(told, ['set first', 'set poison', 'set first', 'remove first'])
    assert.match(warning.message, /^configmaps\/default\/poison cannot be taken into account: Error: This is too much/)
  })
})
