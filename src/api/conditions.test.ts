import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCondition, isConditionTrue } from './conditions.ts'

const ready = { type: 'Ready', status: 'True' }
const failed = { type: 'Failed', status: 'False' }
const conditions = [ready, failed, { type: 'Known', status: 'Unknown' }]

test('a condition is found by its type', () => {
  assert.equal(findCondition(conditions, 'Failed'), failed)
  assert.equal(findCondition(conditions, 'Other'), undefined)
  assert.equal(findCondition(undefined, 'Failed'), undefined)
})

test('a condition is true where it is there and says so', () => {
  const told = ['Ready', 'Failed', 'Known', 'Other'].map((type) => isConditionTrue(conditions, type))
  assert.deepEqual(told, [true, false, false, false])
  assert.equal(isConditionTrue(undefined, 'Ready'), false)
})
