import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Heap } from './heap.ts'

interface Item {
  rank: number
}

const drain = (heap: Heap<Item>): number[] => {
  const ranks: number[] = []
  for (let item = heap.pop(); item; item = heap.pop()) ranks.push(item.rank)
  return ranks
}

const ascending = (a: number, b: number) => a - b

test('Heap gives items in order, whatever was pushed, deleted and moved', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(2), fc.nat(50))), (steps) => {
      const heap = new Heap<Item>((a, b) => a.rank < b.rank)
      const items: Item[] = []
      for (const [rank, what, next] of steps) {
        const item = { rank }
        heap.push(item)
        if (what === 1) heap.delete(item)
        else items.push(item)
        const other = items[rank % Math.max(1, items.length)]
        if (what === 2 && other) {
          other.rank = next
          heap.moved(other)
        }
      }
      assert.equal(heap.size, items.length)
      assert.deepEqual(drain(heap), items.map((item) => item.rank).sort(ascending))
    }),
  )
})

test('Heap refuses an item that it holds already, and knows what it holds', () => {
  const heap = new Heap<Item>((a, b) => a.rank < b.rank)
  const item = { rank: 1 }
  heap.push(item)
  assert.throws(() => heap.push(item), { name: 'Bug' })
  assert.equal(heap.has(item), true)
  assert.equal(heap.peek(), item)
  heap.clear()
  assert.equal(heap.has(item), false)
  assert.equal(heap.delete(item), false)
  assert.equal(heap.pop(), undefined)
})
