import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentObjects } from './recent-objects.ts'

test('what was changed longest ago goes when there is no more room', () => {
  const recent = new RecentObjects(100)
  recent.keep('a', {}, 40)
  recent.keep('b', {}, 40)
  recent.keep('a', {}, 50)
  assert.equal(recent.sizeBytes, 90)
  recent.keep('c', {}, 30)
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => recent.has(key)),
    [true, false, true],
  )
  assert.equal(recent.sizeBytes, 80)
})

test('an object that is larger than all the room is not kept', () => {
  const recent = new RecentObjects(100)
  recent.keep('a', {}, 40)
  recent.keep('b', {}, 101)
  assert.equal(recent.sizeBytes, 0)
})
