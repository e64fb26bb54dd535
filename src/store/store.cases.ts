// What every store guarantees, as cases that each implementation's test file runs.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { settle } from '#lib/clock.ts'
import type { PastLimits } from './image.ts'
import {
  type Actor,
  type Change,
  Compacted,
  type Encoded,
  type Index,
  type Indexer,
  type Key,
  type ListOptions,
  type Store,
  type StoreEvent,
} from './store.ts'

/** An empty store, closed when the test ends. */
export type OpenStore = (context: TestContext, past?: Partial<PastLimits>) => Promise<Store>

export const actor: Actor = { user: 'alice', client: 'kubectl' }

/** Content that carries the revision, as objects do. */
export const content = (text: string) => (revision: number) => {
  const bytes = Buffer.from(JSON.stringify({ text, revision }))
  return { bytes, ...indexer('', bytes) } satisfies Encoded
}

export const indexer: Indexer = (_key, bytes) => {
  const value = JSON.parse(Buffer.from(bytes).toString())
  return { value, index: { labels: { text: value.text }, fields: {} } }
}

export async function write(store: Store, ...changes: readonly Change[]): Promise<number> {
  const result = await store.commit(changes, actor)
  assert.ok(result.ok)
  return result.revision
}

const put = (store: Store, key: Key, text: string, expect?: number) => write(store, { key, expect, put: content(text) })
const remove = (store: Store, key: Key, expect?: number) => write(store, { key, expect })
const textOf = (object: { readonly bytes: Uint8Array } | undefined): string | undefined =>
  object && JSON.parse(Buffer.from(object.bytes).toString()).text
const texts = (store: Store, options: ListOptions) => store.list(options).items.map(textOf)
const numbered = (from: number, below: number) => Array.from({ length: below - from }, (_, i) => from + i)

/** `+key=text`, `~key=text`, `-key` with the revision: created, changed, deleted. */
const shown = ({ key, revision, object, previous }: StoreEvent) =>
  `${revision}${object ? (previous ? '~' : '+') : '-'}${key}${object ? `=${textOf(object)}` : ''}`

interface Recorded {
  readonly events: string[]
  readonly batches: (readonly StoreEvent[])[]
  ended: Error | undefined
  stop(): void
}

export function record(store: Store, prefix: string, after: number): Recorded {
  const recorded: Recorded = { events: [], batches: [], ended: undefined, stop: () => watch.stop() }
  const watch = store.watch({
    prefix,
    after,
    onEvents: (events) => {
      recorded.batches.push(events)
      recorded.events.push(...events.map(shown))
    },
    onEnd: (reason) => {
      recorded.ended = reason
    },
  })
  return recorded
}

export function storeCases(name: string, open: OpenStore): void {
  const cases: Record<string, (store: Store, context: TestContext) => Promise<void>> = {
    'a new store is empty, at revision 0': async (store) => {
      assert.equal(store.revision, 0)
      assert.equal(store.get('pods/a/b'), undefined)
      assert.deepEqual(store.list({ prefix: 'pods/' }), { items: [], revision: 0, more: false, remaining: 0 })
    },

    'a commit gives the next revision, which stands in the object and in its bytes': async (store) => {
      const created = await store.commit([{ key: 'pods/a/b', expect: 0, put: content('one') }], actor)
      assert.ok(created.ok)
      assert.equal(created.revision, 1)
      assert.equal(created.objects[0], store.get('pods/a/b'))
      assert.equal(await put(store, 'pods/a/b', 'two', 1), 2)
      const object = store.get('pods/a/b')
      assert.equal(object?.key, 'pods/a/b')
      assert.equal(object?.revision, 2)
      assert.equal(object?.createdRevision, 1)
      assert.deepEqual(JSON.parse(Buffer.from(object!.bytes).toString()), { text: 'two', revision: 2 })
      assert.deepEqual(object?.index.labels, { text: 'two' })
      assert.deepEqual(object?.value, { text: 'two', revision: 2 })
      assert.equal(store.revision, 2)
    },

    'an object that was deleted and made again is a new one': async (store) => {
      await put(store, 'pods/a/b', 'one')
      assert.equal(await remove(store, 'pods/a/b', 1), 2)
      assert.equal(store.get('pods/a/b'), undefined)
      await put(store, 'pods/a/b', 'two', 0)
      assert.equal(store.get('pods/a/b')?.createdRevision, 3)
    },

    'a commit whose expectation does not hold changes nothing, and says what stands there': async (store) => {
      await put(store, 'pods/a/b', 'one')
      const create = await store.commit([{ key: 'pods/a/b', expect: 0, put: content('x') }], actor)
      assert.deepEqual(create, { ok: false, key: 'pods/a/b', current: store.get('pods/a/b') })
      const update = await store.commit(
        [
          { key: 'pods/a/other', put: content('x') },
          { key: 'pods/a/none', expect: 7, put: content('x') },
        ],
        actor,
      )
      assert.deepEqual(update, { ok: false, key: 'pods/a/none', current: undefined })
      assert.equal(store.revision, 1)
      assert.equal(store.get('pods/a/other'), undefined)
    },

    'a transaction of several changes has one revision': async (store) => {
      await put(store, 'pods/a/old', 'old')
      const result = await store.commit(
        [
          { key: 'pods/a/new', expect: 0, put: content('new') },
          { key: 'pods/a/old', expect: 1 },
        ],
        actor,
      )
      assert.ok(result.ok)
      assert.deepEqual(result.objects.map(textOf), ['new', undefined])
      assert.equal(store.revision, 2)
      assert.deepEqual(texts(store, { prefix: 'pods/' }), ['new'])
    },

    'a put that throws fails the commit and leaves nothing behind': async (store) => {
      const change: Change = {
        key: 'pods/a/b',
        put: () => {
          throw new Error('cannot encode')
        },
      }
      await assert.rejects(store.commit([{ key: 'pods/a/a', put: content('x') }, change], actor), /cannot encode/)
      assert.equal(await put(store, 'pods/a/c', 'c'), 1)
      assert.deepEqual(texts(store, { prefix: '' }), ['c'])
    },

    'deleting what is not there changes nothing': async (store) => {
      await put(store, 'pods/a/a', 'a')
      const events = record(store, '', 0)
      assert.equal(await remove(store, 'pods/a/none'), 1)
      assert.equal(await remove(store, 'pods/a/a'), 2)
      assert.equal(await remove(store, 'pods/a/a'), 2)
      await settle()
      assert.deepEqual(events.events, ['1+pods/a/a=a', '2-pods/a/a'])
    },

    'a list is ordered by key and sees only its prefix': async (store) => {
      for (const key of ['pods/b/1', 'pods/a/2', 'pods/a/1', 'pods/ab/1', 'podsets/a/1', 'nodes//n1'])
        await put(store, key, key)
      assert.deepEqual(texts(store, { prefix: 'pods/' }), ['pods/a/1', 'pods/a/2', 'pods/ab/1', 'pods/b/1'])
      assert.deepEqual(texts(store, { prefix: 'pods/a/' }), ['pods/a/1', 'pods/a/2'])
      assert.deepEqual(texts(store, { prefix: 'nodes//' }), ['nodes//n1'])
      assert.equal(store.count('pods/'), 4)
      assert.equal(store.count(''), 6)
    },

    'limit and after give pages, which together are the whole': async (store) => {
      for (const i of numbered(0, 7)) await put(store, `pods/a/${i}`, `${i}`)
      const first = store.list({ prefix: 'pods/', limit: 3 })
      assert.deepEqual([first.items.map(textOf), first.more, first.remaining], [['0', '1', '2'], true, 4])
      const second = store.list({ prefix: 'pods/', limit: 3, after: first.items[2]!.key })
      assert.deepEqual([second.items.map(textOf), second.more, second.remaining], [['3', '4', '5'], true, 1])
      const third = store.list({ prefix: 'pods/', limit: 3, after: second.items[2]!.key })
      assert.deepEqual([third.items.map(textOf), third.more, third.remaining], [['6'], false, 0])
    },

    'a filtered list counts no rest': async (store) => {
      for (const i of numbered(0, 6)) await put(store, `pods/a/${i}`, i % 2 ? 'odd' : 'even')
      const filter = (object: { readonly index: { readonly labels: object } }) =>
        'text' in object.index.labels && object.index.labels.text === 'odd'
      const page = store.list({ prefix: 'pods/', limit: 2, filter })
      assert.deepEqual(
        page.items.map((item) => item.key),
        ['pods/a/1', 'pods/a/3'],
      )
      assert.deepEqual([page.more, page.remaining], [true, undefined])
      assert.equal(store.list({ prefix: 'pods/', limit: 3, filter }).more, false)
    },

    'a list that says what it searches for is as one that looks at every object': async (store) => {
      // Enough that tables are made, which are then kept in step.
      const names = (i: number) => `pods/${i % 3}/${i}`
      await write(store, ...numbered(0, 900).map((i) => ({ key: names(i), put: content(`t${i % 30}`) })))
      const compare = () => {
        for (const values of [['t1'], ['t1', 't29', 'new'], ['none'], []])
          for (const prefix of ['pods/', 'pods/1/'])
            for (const page of [{}, { limit: 3 }, { limit: 3, after: 'pods/1/31' }]) {
              const filter = ({ index }: { readonly index: Index }) => values.includes(index.labels.text ?? '')
              const all = store.list({ prefix, filter, ...page })
              const found = store.list({ prefix, filter, ...page, having: [{ part: 'labels', name: 'text', values }] })
              assert.deepEqual(found, all)
            }
      }
      compare()
      await put(store, names(1), 'new')
      await put(store, names(2), 't1')
      await remove(store, names(31))
      await put(store, 'pods/1/added', 't1')
      compare()
      await remove(store, names(1))
      await put(store, names(31), 't1')
      await write(store, ...numbered(32, 900).map((i) => ({ key: names(i) })))
      compare()
    },

    'a list at an older revision shows exactly what stood then, page by page': async (store) => {
      for (const i of numbered(0, 4)) await put(store, `pods/a/${i}`, `${i}`)
      await put(store, 'pods/a/1', 'changed')
      await remove(store, 'pods/a/2')
      await put(store, 'pods/a/15', 'new')
      const then = { prefix: 'pods/', revision: 4 }
      assert.deepEqual(texts(store, then), ['0', '1', '2', '3'])
      assert.deepEqual(texts(store, { prefix: 'pods/', revision: 6 }), ['0', 'changed', '3'])
      const page = store.list({ ...then, limit: 2 })
      assert.deepEqual([page.items.map(textOf), page.more, page.remaining, page.revision], [['0', '1'], true, 2, 4])
      const rest = store.list({ ...then, limit: 2, after: 'pods/a/1' })
      assert.deepEqual([rest.items.map(textOf), rest.more, rest.remaining], [['2', '3'], false, 0])
      assert.throws(() => store.list({ prefix: '', revision: 8 }), RangeError)
    },

    'compact() forgets what was overwritten before, and nothing else': async (store) => {
      await put(store, 'pods/a/a', 'a1')
      await put(store, 'pods/a/a', 'a2')
      await put(store, 'pods/a/b', 'b')
      await remove(store, 'pods/a/b')
      await put(store, 'pods/a/a', 'a3')
      await store.compact(3)
      assert.throws(() => store.list({ prefix: '', revision: 2 }), new Compacted(3))
      assert.deepEqual(texts(store, { prefix: '', revision: 3 }), ['a2', 'b'])
      assert.deepEqual(texts(store, { prefix: '', revision: 4 }), ['a2'])
      assert.deepEqual(texts(store, { prefix: '' }), ['a3'])
      const early = record(store, '', 2)
      const onTime = record(store, '', 3)
      await settle()
      assert.ok(early.ended instanceof Compacted)
      assert.deepEqual(early.events, [])
      assert.deepEqual(onTime.events, ['4-pods/a/b', '5~pods/a/a=a3'])
    },

    'history() tells who wrote what and when, newest first, until it is compacted': async (store) => {
      const bob: Actor = { user: 'bob', client: 'helm' }
      await put(store, 'pods/a/a', 'one')
      await put(store, 'pods/a/other', 'other')
      await store.commit([{ key: 'pods/a/a', expect: 1, put: content('two') }], bob)
      await remove(store, 'pods/a/a')
      await put(store, 'pods/a/a', 'three')
      const history = await store.history('pods/a/a')
      assert.deepEqual(
        history.map(({ revision, actor: { user }, ...entry }) => [
          revision,
          user,
          textOf(entry.bytes && { bytes: entry.bytes }),
        ]),
        [
          [5, 'alice', 'three'],
          [4, 'alice', undefined],
          [3, 'bob', 'two'],
          [1, 'alice', 'one'],
        ],
      )
      assert.ok(history.every(({ key, timeMs }) => key === 'pods/a/a' && timeMs > 0))
      assert.equal(history[2]?.actor.client, 'helm')
      assert.equal((await store.history('pods/a/a', 2)).length, 2)
      await store.compact(4)
      assert.deepEqual(
        (await store.history('pods/a/a')).map(({ revision }) => revision),
        [5],
      )
      assert.deepEqual(await store.history('pods/a/none'), [])
    },

    'a watch delivers every later change under its prefix once, in order, in batches': async (store) => {
      await put(store, 'pods/a/a', 'one')
      const all = record(store, '', 0)
      const namespace = record(store, 'pods/a/', 1)
      const other = record(store, 'pods/b/', 0)
      await put(store, 'pods/a/a', 'two')
      await put(store, 'pods/b/b', 'b')
      await write(store, { key: 'pods/a/a' }, { key: 'pods/a/c', put: content('c') })
      await settle()
      assert.deepEqual(all.events, ['1+pods/a/a=one', '2~pods/a/a=two', '3+pods/b/b=b', '4-pods/a/a', '4+pods/a/c=c'])
      assert.deepEqual(namespace.events, ['2~pods/a/a=two', '4-pods/a/a', '4+pods/a/c=c'])
      assert.deepEqual(other.events, ['3+pods/b/b=b'])
    },

    'a watch is never called from within watch() or commit()': async (store) => {
      await put(store, 'pods/a/a', 'one')
      let isInside = true
      let delivered = 0
      store.watch({
        prefix: '',
        after: 0,
        onEvents: (events) => {
          assert.equal(isInside, false)
          delivered += events.length
        },
        onEnd: () => {},
      })
      store.watch({ prefix: '', after: 0, onEvents: () => {}, onEnd: () => assert.equal(isInside, false) })
      const committing = put(store, 'pods/a/b', 'two')
      isInside = false
      await committing
      await settle()
      assert.equal(delivered, 2)
    },

    'a watch may start, stop, read and write from within its own events': async (store) => {
      const inner: Recorded[] = []
      let written: Promise<number> | undefined
      const outer = store.watch({
        prefix: 'pods/',
        after: 0,
        onEvents: (events) => {
          assert.equal(textOf(store.get('pods/a/a')), 'one')
          inner.push(record(store, 'pods/', 0), record(store, 'pods/', events.at(-1)!.revision))
          written = put(store, 'pods/a/b', 'two')
          outer.stop()
        },
        onEnd: () => {},
      })
      await put(store, 'pods/a/a', 'one')
      await settle()
      await written
      await settle()
      assert.deepEqual(
        inner.map((each) => each.events),
        [['1+pods/a/a=one', '2+pods/a/b=two'], ['2+pods/a/b=two']],
      )
    },

    'a watch that is stopped, or whose reader throws, gets nothing more, and others do': async (store) => {
      const stopped = record(store, '', 0)
      const good = record(store, '', 0)
      let ended: Error | undefined
      store.watch({
        prefix: '',
        after: 0,
        onEvents: () => {
          throw new Error('bad reader')
        },
        onEnd: (reason) => {
          ended = reason
        },
      })
      const late = record(store, '', 0)
      await put(store, 'pods/a/a', 'one')
      stopped.stop()
      await settle()
      stopped.events.length = 0
      await put(store, 'pods/a/a', 'two')
      await settle()
      assert.deepEqual(stopped.events, [])
      assert.match(ended!.message, /bad reader/)
      assert.deepEqual(good.events, ['1+pods/a/a=one', '2~pods/a/a=two'])
      assert.deepEqual(late.events, good.events)
    },

    'watchers of one prefix share the batch': async (store) => {
      const [a, b] = [record(store, 'pods/', 0), record(store, 'pods/', 0)]
      await put(store, 'pods/a/a', 'one')
      await settle()
      assert.equal(a.batches[0], b.batches[0])
    },

    'a watch from a revision yet to come waits for what follows it': async (store) => {
      const future = record(store, '', 2)
      for (const i of numbered(1, 5)) await put(store, 'pods/a/a', `${i}`)
      await settle()
      assert.deepEqual(future.events, ['3~pods/a/a=3', '4~pods/a/a=4'])
    },

    'of many writers who expect the same revision exactly one wins': async (store) => {
      await put(store, 'pods/a/a', 'start')
      const results = await Promise.all(
        numbered(0, 20).map((i) => store.commit([{ key: 'pods/a/a', expect: 1, put: content(`${i}`) }], actor)),
      )
      assert.deepEqual(
        results.map((result) => result.ok),
        [true, ...Array(19).fill(false)],
      )
      const current = store.get('pods/a/a')
      assert.equal(textOf(current), '0')
      for (const result of results.slice(1)) assert.ok(!result.ok && result.current === current)
    },

    'many concurrent writers lose nothing, and revisions have no gap': async (store) => {
      const events = record(store, '', 0)
      const increment = async (): Promise<void> => {
        for (;;) {
          const now = store.get('pods/a/counter')
          const next = Number(textOf(now) ?? 0) + 1
          const change = { key: 'pods/a/counter', expect: now?.revision ?? 0, put: content(`${next}`) }
          if ((await store.commit([change], actor)).ok) return
        }
      }
      await Promise.all(
        numbered(0, 16).map(async (i) => {
          for (const j of numbered(0, 5)) {
            await put(store, `pods/a/${i}`, `${j}`)
            await increment()
          }
        }),
      )
      await settle()
      assert.equal(textOf(store.get('pods/a/counter')), '80')
      assert.equal(store.revision, 160)
      assert.deepEqual(
        events.events.map((event) => Number.parseInt(event, 10)),
        numbered(1, 161),
      )
    },

    'close() waits for writes, ends watches and refuses what comes after': async (store) => {
      const events = record(store, '', 0)
      const committing = put(store, 'pods/a/a', 'one')
      await Promise.all([store.close(), store.close()])
      assert.equal(await committing, 1)
      assert.match(events.ended!.message, /closed/)
      assert.deepEqual(events.events, ['1+pods/a/a=one'])
      await assert.rejects(put(store, 'pods/a/b', 'two'), /closed/)
    },
  }
  for (const [title, run] of Object.entries(cases))
    test(`${name}: ${title}`, async (context) => run(await open(context), context))

  test(`${name}: the past is bounded in events, and who asks for more gets Compacted`, async (context) => {
    const store = await open(context, { events: 10 })
    for (const i of numbered(1, 26)) await put(store, `pods/a/${i % 3}`, `${i}`)
    assert.throws(() => store.list({ prefix: '', revision: 14 }), new Compacted(15))
    assert.deepEqual(texts(store, { prefix: '', revision: 15 }), ['15', '13', '14'])
    const [late, onTime] = [record(store, '', 14), record(store, '', 15)]
    await settle()
    assert.ok(late.ended instanceof Compacted)
    assert.equal(onTime.events.length, 10)
  })

  test(`${name}: the past is bounded in bytes`, async (context) => {
    const store = await open(context, { bytes: 100_000 })
    for (const _ of numbered(0, 30)) await put(store, 'pods/a/a', 'x'.repeat(10_000))
    assert.throws(() => store.list({ prefix: '', revision: 15 }), Compacted)
    assert.equal(store.list({ prefix: '', revision: 29 }).items.length, 1)
  })

  test(`${name}: behaves as a plain Map does, at every revision and for every watch`, async (context) => {
    const key = fc.constantFrom('pods/a/a', 'pods/a/b', 'pods/b/a', 'nodes//a', 'events/a/a')
    const change = fc.record({ key, put: fc.boolean(), expect: fc.constantFrom('any', 'current', 'absent') })
    const step = fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: (each) => each.key })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(25), async (steps, compactAt) => {
        const store = await open(context)
        const model = new Map<Key, string>()
        const snapshots = [new Map(model)]
        const live = record(store, '', 0)
        const replayed = new Map<Key, string>()
        for (const [number, changes] of steps.entries()) {
          const holds = changes.every(({ key: k, expect }) => expect !== 'absent' || !model.has(k))
          const result = await store.commit(
            changes.map(({ key: k, put: isPut, expect }) => ({
              key: k,
              expect: { any: undefined, absent: 0, current: store.get(k)?.revision ?? 0 }[expect],
              put: isPut ? content(`${number}`) : undefined,
            })),
            actor,
          )
          assert.equal(result.ok, holds)
          if (!holds) continue
          let changed = false
          for (const { key: k, put: isPut } of changes) {
            changed ||= isPut || model.has(k)
            if (isPut) model.set(k, `${number}`)
            else model.delete(k)
          }
          if (changed) snapshots.push(new Map(model))
          assert.equal(store.revision, snapshots.length - 1)
        }
        const floor = Math.min(compactAt, store.revision)
        await settle()
        await store.compact(floor)
        for (let revision = floor; revision < snapshots.length; revision++) {
          const expected = [...snapshots[revision]!].sort(([a], [b]) => (a < b ? -1 : 1))
          const listed = store.list({ prefix: '', revision })
          assert.deepEqual(
            listed.items.map((item) => [item.key, textOf(item)]),
            expected,
          )
          const pods = store.list({ prefix: 'pods/', revision, limit: 2, after: 'pods/a/a' })
          const expectedPods = expected.filter(([k]) => k.startsWith('pods/') && k > 'pods/a/a')
          assert.deepEqual(
            [pods.items.length + pods.remaining!, pods.more],
            [expectedPods.length, expectedPods.length > 2],
          )
          const seen = new Map(snapshots[revision])
          const watch = store.watch({
            prefix: '',
            after: revision,
            onEvents: (events) => replay(events, seen),
            onEnd: assert.fail,
          })
          await settle()
          watch.stop()
          assert.deepEqual(sorted(seen), sorted(model))
        }
        for (const batch of live.batches) replay(batch, replayed)
        assert.deepEqual(sorted(replayed), sorted(model))
        await store.close()
      }),
      { numRuns: 30 },
    )
  })
}

function replay(events: readonly StoreEvent[], into: Map<Key, string>): void {
  for (const { key, object, previous } of events) {
    assert.equal(textOf(previous), into.get(key))
    if (object) into.set(key, textOf(object)!)
    else into.delete(key)
  }
}

const sorted = (map: ReadonlyMap<Key, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
