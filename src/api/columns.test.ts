import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLabels, humanDuration, since, withMore } from './columns.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day
const durations: readonly (readonly [number, string])[] = [
  [-5, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [125, '2m5s'],
  [599, '9m59s'],
  [10 * minute, '10m'],
  [3 * hour - 1, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 5 * minute, '3h5m'],
  [8 * hour, '8h'],
  [47 * hour, '47h'],
  [2 * day, '2d'],
  [2 * day + hour, '2d1h'],
  [8 * day, '8d'],
  [year + day, '366d'],
  [2 * year, '2y'],
  [2 * year + 3 * day, '2y3d'],
  [9 * year, '9y'],
]
for (const [seconds, expected] of durations) {
  test(`humanDuration() tells ${seconds} seconds as ${expected}`, () => {
    assert.equal(humanDuration(seconds * 1000), expected)
  })
}

test('since() does not guess', () => {
  assert.equal(since(undefined, 5), '<unknown>')
  assert.equal(since('1970-01-01T00:00:00Z', 60_000), '60s')
})

test('formatLabels() sorts, and withMore() counts what it leaves out', () => {
  assert.equal(formatLabels({ b: '2', a: '1' }), 'a=1,b=2')
  assert.equal(formatLabels({}), '<none>')
  assert.equal(withMore(['a', 'b', 'c', 'd', 'e'], 3, '-'), 'a,b,c + 2 more...')
  assert.equal(withMore([], 3, '-'), '-')
})
