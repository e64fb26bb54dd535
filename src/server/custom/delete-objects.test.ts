import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CustomResourceDefinition } from '#api/apiextensions/custom-resource-definition.ts'
import { settle } from '#lib/clock.ts'
import { keyOf, type Store } from '#store/store.ts'
import { objectOf } from '../stored.ts'
import { deleteObjects } from './delete-objects.ts'
import { customServer, widget, widgets } from './fixture.ts'

const widgetsUrl = '/apis/example.com/v1/namespaces/default/widgets'
const user = { name: 'system:apiserver', groups: ['system:masters'] }

/** The store, but for who commits. */
const committing = (store: Store, commit: Store['commit']): Store =>
  new Proxy(store, {
    get: (of, name) => {
      if (name === 'commit') return commit
      const value = Reflect.get(of, name, of)
      return typeof value === 'function' ? value.bind(of) : value
    },
  })

test('when one object cannot be deleted, nothing is under way any more when that is said', async () => {
  const api = await customServer()
  await api.define(widgets())
  for (const name of ['a', 'b', 'c']) assert.equal((await api.ask('POST', widgetsUrl, widget(name))).status, 201)
  const { core } = api.server
  let underWay = 0
  let commits = 0
  const store = committing(core.store, async (...args) => {
    if (commits++ === 0) throw new Error('the disk is full')
    underWay++
    await settle()
    return core.store.commit(...args).finally(() => underWay--)
  })
  const definition = objectOf(
    core.store.get(keyOf('customresourcedefinitions.apiextensions.k8s.io', '', 'widgets.example.com'))!,
  ) as CustomResourceDefinition
  const deletions = { core: { ...core, store }, definition, user, signal: core.signal }
  await assert.rejects(deleteObjects(deletions), /the disk is full/)
  assert.equal(underWay, 0)
  await deleteObjects({ ...deletions, core })
  assert.equal(core.store.count('widgets.example.com/'), 0)
  await api.stop()
})

test('nothing more is begun when the server stops', async () => {
  const api = await customServer()
  await api.define(widgets())
  assert.equal((await api.ask('POST', widgetsUrl, widget('a'))).status, 201)
  const { core } = api.server
  const stored = core.store.get(keyOf('customresourcedefinitions.apiextensions.k8s.io', '', 'widgets.example.com'))!
  const definition = objectOf(stored) as CustomResourceDefinition
  const signal = AbortSignal.abort(new Error('stopping'))
  await assert.rejects(deleteObjects({ core, definition, user, signal }), /stopping/)
  assert.equal(core.store.count('widgets.example.com/'), 1)
  await api.stop()
})
