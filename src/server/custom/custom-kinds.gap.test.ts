import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import { Compacted, type Store, type WatchOptions } from '#store/store.ts'
import { testServer } from '../fixture.ts'
import { startCustomKinds } from './custom-kinds.ts'
import { definitionsUrl, settled, widgets } from './fixture.ts'

test('a definition that has gone while nothing could be heard of it is served no more', async () => {
  const api = await testServer({ kinds: new KindRegistry(builtIn.all) })
  const { core, handle } = api.server
  const watches: WatchOptions[] = []
  /** The store, but its watches tell nothing. */
  const silent: Store = new Proxy(core.store, {
    get: (of, name) => {
      if (name === 'watch') return (options: WatchOptions) => ({ stop: () => {}, at: watches.push(options) })
      const value = Reflect.get(of, name, of)
      return typeof value === 'function' ? value.bind(of) : value
    },
  })
  assert.equal((await api.ask('POST', definitionsUrl, widgets())).status, 201)
  const custom = startCustomKinds({ ...core, store: silent }, handle)
  await settled(custom)
  const isServed = () => core.kinds.kindFor('example.com', 'v1', 'widgets') !== undefined
  assert.equal(isServed(), true)
  const [stored] = core.store.list({ prefix: 'customresourcedefinitions.apiextensions.k8s.io/' }).items
  assert.ok(stored)
  await core.store.commit([{ key: stored.key }], { user: '', client: '' })
  watches.at(-1)!.onEnd(new Compacted(core.store.revision))
  await settled(custom)
  assert.equal(isServed(), false)
  custom.stop()
  await api.stop()
})
