import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import type { ApiObject } from '#api/kind.ts'
import { type Effects, OwnerGraph } from './owner-graph.ts'

const graph = () => new OwnerGraph((_, kind) => (kind === 'ConfigMap' ? ConfigMap : undefined))

const object = (name: string, owners: readonly string[] = [], metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'a',
    uid: name,
    ownerReferences: owners.map((owner) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: owner,
      uid: owner,
      blockOwnerDeletion: true,
    })),
    ...metadata,
  },
})

const work = ({ work }: Effects) => work.map(({ what, uid }) => `${what} ${uid}`)
const waiting = { deletionTimestamp: '2030-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] }

test('an object without owners asks for nothing', () => {
  assert.deepEqual(work(graph().put(ConfigMap, object('a'))), [])
})

test('an owner that was never seen is looked for once, and is real when it turns up', () => {
  const owners = graph()
  assert.deepEqual(work(owners.put(ConfigMap, object('child', ['root']))), ['delete root'])
  assert.deepEqual(work(owners.put(ConfigMap, object('other', ['root']))), [])
  assert.equal(owners.get('root')?.virtual, true)
  assert.deepEqual(work(owners.put(ConfigMap, object('root'))), [])
  assert.equal(owners.get('root')?.virtual, false)
})

test('dependents are looked at when their owner has gone', () => {
  const owners = graph()
  owners.put(ConfigMap, object('root'))
  owners.put(ConfigMap, object('child', ['root']))
  assert.deepEqual(work(owners.remove('root')), ['delete child'])
})

test('an owner that waits for its dependents is looked at when one has gone, or blocks it no more', () => {
  const owners = graph()
  owners.put(ConfigMap, object('root'))
  owners.put(ConfigMap, object('a', ['root']))
  owners.put(ConfigMap, object('b', ['root']))
  assert.deepEqual(work(owners.put(ConfigMap, object('root', [], waiting))), ['delete a', 'delete b', 'delete root'])
  assert.deepEqual(work(owners.put(ConfigMap, object('root', [], waiting))), [])
  assert.deepEqual(work(owners.remove('a')), ['delete root'])
  assert.deepEqual(work(owners.put(ConfigMap, object('b', []))), ['delete root', 'delete b'])
})

test('an owner in another namespace is reported, whichever of the two is seen first', () => {
  const far = object('root', [], { namespace: 'far' })
  const first = graph()
  first.put(ConfigMap, far)
  assert.deepEqual(first.put(ConfigMap, object('child', ['root'])).bad.length, 1)
  const second = graph()
  second.put(ConfigMap, object('child', ['root']))
  const effects = second.put(ConfigMap, far)
  assert.deepEqual([effects.bad.length, work(effects)], [1, ['delete child']])
})

test('virtual owners that nobody names any more are forgotten', () => {
  const owners = graph()
  owners.put(ConfigMap, object('child', ['ghost']))
  owners.put(ConfigMap, object('child', []))
  assert.equal(owners.get('ghost'), undefined)
  owners.put(ConfigMap, object('child', ['ghost']))
  owners.remove('child')
  assert.equal(owners.size, 0)
})
