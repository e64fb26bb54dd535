import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonIndex, countIndexes, IndexesError, parseIndexes } from './indexes.ts'

test('parseIndexes() reads single indexes and intervals', () => {
  assert.deepEqual(parseIndexes('0,2-4,9', 10), [
    [0, 0],
    [2, 4],
    [9, 9],
  ])
  assert.deepEqual(parseIndexes('', 10), [])
  assert.equal(countIndexes(parseIndexes('0,2-4,9', 10)), 5)
})

const wrong: readonly (readonly [string, string])[] = [
  ['a', 'cannot convert string to integer for index: "a"'],
  ['1,', 'cannot convert string to integer for index: ""'],
  ['10', 'too large index: "10"'],
  ['2-10', 'too large index: "10"'],
  ['3,3', 'non-increasing order, previous: 3, current: 3'],
  ['4-2', 'non-increasing order, previous: 4, current: 2'],
  [
    '1-2-3',
    'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
  ],
]
for (const [text, expected] of wrong) {
  test(`parseIndexes() says what is wrong with "${text}"`, () => {
    assert.throws(() => parseIndexes(text, 10), new IndexesError(expected))
  })
}

test('commonIndex() finds the first index of both', () => {
  const of = (text: string) => parseIndexes(text, 100)
  assert.equal(commonIndex(of('1-5,9'), of('0,4-20')), 4)
  assert.equal(commonIndex(of('1,3'), of('2,4')), undefined)
})
