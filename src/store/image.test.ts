import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Image } from './image.ts'
import { Compacted, type StoredObject } from './store.ts'

const written = (revision: number): StoredObject => ({
  key: 'pods/a/a',
  revision,
  createdRevision: 1,
  bytes: Buffer.from(`${revision}`),
  index: { labels: {}, fields: {} },
  value: undefined,
})

test('what is older than its time is let go of with the next change, and not before', () => {
  const image = new Image({ ageMs: 1000 })
  const write = (revision: number, timeMs: number) => {
    const previous = revision > 1 ? written(revision - 1) : undefined
    const events = [{ key: 'pods/a/a', revision, object: written(revision), previous }]
    image.apply({ revision, timeMs, actor: { user: 'alice', client: 'test' }, events })
  }
  const at = (revision: number) => image.list({ prefix: 'pods/', revision }).items.map((item) => item.revision)
  write(1, 5000)
  write(2, 5500)
  write(3, 6000)
  assert.deepEqual(at(1), [1])
  write(4, 6001)
  assert.deepEqual(at(1), [1])
  assert.throws(() => at(0), new Compacted(1))
  write(5, 7001)
  assert.throws(() => at(2), new Compacted(3))
  assert.deepEqual(at(3), [3])
  // The clock of the machine was set back: nothing is let go of that is not old.
  write(6, 100)
  assert.deepEqual(at(3), [3])
  write(7, 60_000)
  assert.throws(() => at(5), new Compacted(6))
  assert.deepEqual(at(7), [7])
})
