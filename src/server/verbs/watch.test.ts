import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Line, type OpenWatch, type TestServer, testServer } from '../fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const merge = { 'content-type': 'application/merge-patch+json' }
const told = (lines: readonly Line[] | undefined) =>
  lines?.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`)

describe('watch()', () => {
  let api: TestServer
  before(async () => {
    api = await testServer({ namespaces: ['default', 'other'] })
    await api.ask('POST', maps, { metadata: { name: 'a', labels: { x: '1' } } })
    await api.ask('POST', maps, { metadata: { name: 'b' } })
  })
  after(() => api.stop())

  test('begins with what is there, unless told from where', async () => {
    const fromNothing = await api.watch(`${maps}?watch=1`)
    const { json } = await api.ask('GET', maps)
    const fromHere = await api.watch(`${maps}?watch=1&resourceVersion=${json.metadata.resourceVersion}`)
    assert.deepEqual(told(await fromNothing.next()), ['ADDED a', 'ADDED b'])
    await api.ask('POST', maps, { metadata: { name: 'c' } })
    await api.ask('POST', '/api/v1/namespaces/other/configmaps', { metadata: { name: 'unseen' } })
    await api.ask('DELETE', `${maps}/c`)
    const deleted = await api.ask('GET', maps)
    for (const watch of [fromNothing, fromHere]) {
      const lines = await watch.next()
      assert.deepEqual(told(lines), ['ADDED c', 'DELETED c'])
      assert.equal(lines![1]!.object.metadata.resourceVersion, deleted.json.metadata.resourceVersion)
      await watch.stop()
    }
  })

  test('tells of objects that come to match, and cease to', async () => {
    const watch = await api.watch(`${maps}?watch=1&labelSelector=x%3D1`)
    assert.deepEqual(told(await watch.next()), ['ADDED a'])
    await api.ask('PATCH', `${maps}/b`, { metadata: { labels: { x: '1' } } }, merge)
    await api.ask('PATCH', `${maps}/b`, { data: { k: 'v' } }, merge)
    await api.ask('PATCH', `${maps}/b`, { metadata: { labels: { x: '2' } } }, merge)
    await api.ask('PATCH', `${maps}/b`, { metadata: { labels: { x: '3' } } }, merge)
    const lines = await watch.next()
    assert.deepEqual(told(lines), ['ADDED b', 'MODIFIED b', 'DELETED b'])
    // What is sent is how it was when it still matched, at the revision at which it ceased to.
    assert.equal(lines![2]!.object.metadata.labels.x, '1')
    await watch.stop()
  })

  test('follows the pods of one node', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    const watch = await api.watch('/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn')
    for (const [name, node] of [
      ['p1', 'n'],
      ['p2', 'm'],
    ]) {
      await api.ask('POST', pods, { metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } })
      await api.ask('POST', `${pods}/${name}/binding`, { target: { name: node } })
    }
    await api.ask('DELETE', `${pods}/p1?gracePeriodSeconds=0`)
    assert.deepEqual(told(await watch.next()), ['ADDED p1', 'DELETED p1'])
    await watch.stop()
  })

  test('sends what is there and a bookmark behind it, if asked', async () => {
    const url = `${maps}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`
    const watch = await api.watch(url)
    const lines = await watch.next()
    assert.deepEqual(told(lines), ['ADDED a', 'ADDED b', 'BOOKMARK '])
    assert.equal(lines!.at(-1)!.object.metadata.annotations['k8s.io/initial-events-end'], 'true')
    await watch.stop()
    const wrong = await api.ask('GET', `${maps}?watch=1&sendInitialEvents=true`)
    assert.equal(wrong.status, 422)
  })

  test('bookmarks how far it has come, and ends when its time is over', async () => {
    const watch = await api.watch(`${maps}?watch=1&allowWatchBookmarks=true&timeoutSeconds=100`)
    await watch.next()
    await api.ask('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } })
    await api.clock.advance(61_000)
    const lines = await watch.next()
    assert.deepEqual(
      [lines![0]!.type, lines![0]!.object.metadata.resourceVersion],
      ['BOOKMARK', String(api.store.revision)],
    )
    await api.clock.advance(40_000)
    assert.equal(await watch.next(), undefined)
    assert.equal(api.clock.pendingTimers, 0)
  })

  test('says that it is too late for a revision that is forgotten', async () => {
    await api.store.compact(api.store.revision)
    // Only the memory of the running watches is left to serve it from, and that has begun later.
    const fresh = await testServer({ namespaces: ['default'] })
    await fresh.ask('POST', maps, { metadata: { name: 'a' } })
    await fresh.ask('POST', maps, { metadata: { name: 'b' } })
    await fresh.store.compact(fresh.store.revision)
    const watch = await fresh.watch(`${maps}?watch=1&resourceVersion=1`)
    const [line] = (await watch.next()) ?? []
    assert.deepEqual([line!.type, line!.object.code, line!.object.reason], ['ERROR', 410, 'Expired'])
    assert.match(line!.object.message, /^too old resource version: 1 \(\d+\)$/)
    assert.equal(await watch.next(), undefined)
    await fresh.stop()
  })

  test('a watcher that does not read is cut off, and the others are not', async () => {
    const slow = await api.watch(`${maps}?watch=1&resourceVersion=${api.store.revision}`)
    const quick = await api.watch(`${maps}?watch=1&resourceVersion=${api.store.revision}`)
    let seen = 0
    for (let i = 0; i < 4200; i++) {
      await api.ask('PATCH', `${maps}/a`, { data: { i: String(i) } }, merge)
      if (i % 100 === 0) seen += (await quick.next())?.length ?? 0
    }
    seen += (await quick.next())?.length ?? 0
    assert.equal(seen, 4200)
    assert.equal(await slow.next(), undefined)
    await quick.stop()
  })

  test('ends when the server stops', async () => {
    const other = await testServer()
    const watch = await other.watch(`${maps}?watch=1`)
    const pending = watch.next()
    other.server.stop()
    assert.equal(await pending, undefined)
    await other.stop()
  })
})

type Write = readonly ['create' | 'label' | 'delete', number, number]

/** What a client believes to be there after these events. */
async function replay(known: Map<string, string>, watch: OpenWatch, until: string): Promise<void> {
  for (;;) {
    const lines = await watch.next()
    assert.ok(lines, 'the watch has ended')
    for (const { type, object } of lines) {
      if (object.metadata.name === until) return
      if (type === 'DELETED') assert.ok(known.delete(object.metadata.name), `${object.metadata.name} was not known`)
      else {
        assert.equal(type, known.has(object.metadata.name) ? 'MODIFIED' : 'ADDED')
        known.set(object.metadata.name, object.metadata.resourceVersion)
      }
    }
  }
}

test('list and watch from its revision show in the end what a list shows, whatever was written', async () => {
  const write: fc.Arbitrary<Write> = fc.tuple(fc.constantFrom('create', 'label', 'delete'), fc.nat(5), fc.nat(2))
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 40 }), fc.nat(39), async (writes, listAt) => {
      const api = await testServer()
      const selector = 'labelSelector=v%20in%20(0,1,end)'
      const known = new Map<string, string>()
      let watch: OpenWatch | undefined
      const begin = async () => {
        const { json } = await api.ask('GET', `${maps}?${selector}`)
        for (const { metadata } of json.items) known.set(metadata.name, metadata.resourceVersion)
        watch = await api.watch(`${maps}?watch=1&${selector}&resourceVersion=${json.metadata.resourceVersion}`)
      }
      for (const [i, [action, name, label]] of writes.entries()) {
        if (i === listAt) await begin()
        const labels = { v: String(label) }
        if (action === 'create') await api.ask('POST', maps, { metadata: { name: `m${name}`, labels } })
        if (action === 'label') await api.ask('PATCH', `${maps}/m${name}`, { metadata: { labels } }, merge)
        if (action === 'delete') await api.ask('DELETE', `${maps}/m${name}`)
      }
      if (!watch) await begin()
      const { json } = await api.ask('GET', `${maps}?${selector}`)
      await api.ask('POST', maps, { metadata: { name: 'end', labels: { v: 'end' } } })
      await replay(known, watch!, 'end')
      const expected = new Map(
        json.items.map((item: { metadata: { name: string; resourceVersion: string } }) => [
          item.metadata.name,
          item.metadata.resourceVersion,
        ]),
      )
      assert.deepEqual([...known].sort(), [...expected].sort())
      await watch!.stop()
      await api.stop()
    }),
    { numRuns: 60, seed: 1 },
  )
})
