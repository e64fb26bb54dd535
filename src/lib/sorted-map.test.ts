import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from './random.ts'
import { afterPrefix, type Range, SortedMap } from './sorted-map.ts'

const matches = (key: string, { prefix = '', after }: Range) =>
  key.startsWith(prefix) && (after === undefined || key > after)

function assertSame(map: SortedMap<number>, model: ReadonlyMap<string, number>, range: Range): void {
  const expected = [...model.entries()].filter(([key]) => matches(key, range)).sort(([a], [b]) => (a < b ? -1 : 1))
  assert.deepEqual([...map.entries(range)], expected)
  assert.equal(map.count(range), expected.length)
  const scanned: [string, number][] = []
  map.scan(range, (value, key) => void scanned.push([key, value]))
  assert.deepEqual(scanned, expected)
}

test('SortedMap behaves as a Map that is sorted, for every range', () => {
  const key = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '/', '\uffff') })
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.boolean(), fc.nat())), key, fc.option(key), (steps, prefix, after) => {
      const map = new SortedMap<number>()
      const model = new Map<string, number>()
      for (const [k, put, value] of steps) {
        if (put) {
          map.set(k, value)
          model.set(k, value)
        } else {
          assert.equal(map.delete(k), model.delete(k))
        }
      }
      assert.equal(map.size, model.size)
      assertSame(map, model, {})
      assertSame(map, model, { prefix })
      assertSame(map, model, { prefix, after: after ?? undefined })
      assertSame(map, model, { after: after ?? undefined })
    }),
  )
})

test('SortedMap stays right over many chunks, filled and emptied in any order', () => {
  const random = seededRandom(3)
  const map = new SortedMap<number>()
  const model = new Map<string, number>()
  const keyOf = (i: number) => `${'xyz'[i % 3]}/${String(i).padStart(5, '0')}`
  for (let i = 0; i < 6000; i++) {
    const k = keyOf(i < 3000 ? i : Math.floor(random.next() * 100_000))
    map.set(k, i)
    model.set(k, i)
  }
  assertSame(map, model, {})
  assertSame(map, model, { prefix: 'y/', after: 'y/01000' })
  assertSame(map, model, { after: 'x/99999' })
  for (const k of [...model.keys()]) {
    if (random.next() < 0.05) continue
    assert.equal(map.delete(k), true)
    model.delete(k)
  }
  assertSame(map, model, {})
  assertSame(map, model, { prefix: 'z/' })
  for (const k of [...model.keys()]) map.delete(k)
  assert.deepEqual([...map.keys()], [])
  assert.equal(map.count({}), 0)
})

test('scan() stops when told to', () => {
  const map = new SortedMap<number>()
  for (let i = 0; i < 10; i++) map.set(`k${i}`, i)
  const seen: number[] = []
  map.scan({}, (value) => {
    seen.push(value)
    return value < 3
  })
  assert.deepEqual(seen, [0, 1, 2, 3])
})

test('afterPrefix() gives the end of a prefix', () => {
  assert.equal(afterPrefix('pods/'), 'pods0')
  assert.equal(afterPrefix('a\uffff'), 'b')
  assert.equal(afterPrefix(''), undefined)
  assert.equal(afterPrefix('\uffff'), undefined)
})
