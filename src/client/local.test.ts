import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import { type TestServer, testServer } from '#server/fixture.ts'
import { LocalClient } from './local.ts'

describe('LocalClient', () => {
  let api: TestServer
  let client: LocalClient
  const namespace = 'default'
  before(async () => {
    api = await testServer()
    client = new LocalClient({ handle: api.server.handle, user: { name: 'system:me', groups: [] }, userAgent: 'me' })
  })
  after(() => api.stop())

  test('gives everybody the same frozen object', async () => {
    const draft = { metadata: { name: 'a', namespace }, data: { k: 'v' } }
    const made = await client.create(ConfigMap, draft)
    assert.ok(!Object.isFrozen(draft.metadata))
    assert.ok(Object.isFrozen(made.data))
    assert.equal(await client.get(ConfigMap, { namespace, name: 'a' }), made)
    const list = await client.list(ConfigMap, { namespace })
    assert.equal(list.items[0], made)
    assert.equal(made.metadata.managedFields?.[0]?.manager, 'me')
  })

  test('changes, and is refused, as anybody', async () => {
    const made = await client.create(ConfigMap, { metadata: { name: 'b', namespace } })
    const changed = await client.update(ConfigMap, { ...made, data: { k: 'w' } })
    assert.deepEqual(changed.data, { k: 'w' })
    await assert.rejects(client.update(ConfigMap, { ...made, data: { k: 'x' } }), { code: 409, reason: 'Conflict' })
    const patched = await client.patch(ConfigMap, { namespace, name: 'b' }, { data: { l: 'm' } }, { type: 'merge' })
    assert.deepEqual(patched.data, { k: 'w', l: 'm' })
    await assert.rejects(client.delete(ConfigMap, { namespace, name: 'b' }, { uid: 'x' }), { code: 409 })
    await client.delete(ConfigMap, { namespace, name: 'b' }, { uid: made.metadata.uid })
    await assert.rejects(client.get(ConfigMap, { namespace, name: 'b' }), { code: 404, reason: 'NotFound' })
  })

  test('binds a pod and writes its status', async () => {
    const draft = { metadata: { name: 'p', namespace }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const pod = await client.create(Pod, draft)
    const ref = { namespace, name: 'p' }
    await client.createSubresource(Pod, ref, 'binding', { target: { kind: 'Node', name: 'n' } })
    const bound = await client.get(Pod, ref)
    assert.equal(bound.spec.nodeName, 'n')
    await assert.rejects(client.updateStatus(Pod, { ...pod, status: { phase: 'Running' } }), { code: 409 })
    const running = await client.updateStatus(Pod, { ...bound, status: { ...bound.status, phase: 'Running' } })
    assert.equal(running.status.phase, 'Running')
  })

  test('watches until it is told to stop', async () => {
    const stop = new AbortController()
    const { resourceVersion } = await client.list(ConfigMap, { namespace })
    const seen: string[] = []
    const watching = (async () => {
      for await (const events of client.watch(ConfigMap, { namespace, resourceVersion, signal: stop.signal }))
        for (const { type, object } of events) seen.push(`${type} ${object.metadata.name}`)
    })()
    const made = await client.create(ConfigMap, { metadata: { name: 'w', namespace } })
    await client.delete(ConfigMap, { namespace, name: made.metadata.name! })
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort(new Error('enough'))
    await assert.rejects(watching, /enough/)
    assert.deepEqual(seen, ['ADDED w', 'DELETED w'])
  })

  test('throws 410 for a watch from a revision that is forgotten', async () => {
    const other = await testServer()
    const its = new LocalClient({ handle: other.server.handle, user: { name: 'me', groups: [] }, userAgent: 'me' })
    await its.create(ConfigMap, { metadata: { name: 'a', namespace } })
    await other.store.compact(other.store.revision)
    const signal = new AbortController().signal
    const watching = its.watch(ConfigMap, { resourceVersion: '1', signal })[Symbol.asyncIterator]()
    await assert.rejects(watching.next(), { code: 410, reason: 'Expired' })
    await its.close()
    await assert.rejects(its.get(ConfigMap, { namespace, name: 'a' }), /closed/)
    await other.stop()
  })
})
