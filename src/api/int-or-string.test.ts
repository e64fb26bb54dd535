import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration, parseDuration } from './duration.ts'
import { scaledValue } from './int-or-string.ts'

test('scaledValue() rounds percentages as asked', () => {
  assert.equal(scaledValue(3, 10, 'up'), 3)
  assert.equal(scaledValue('25%', 3, 'up'), 1)
  assert.equal(scaledValue('25%', 3, 'down'), 0)
  assert.equal(scaledValue('29%', 100, 'up'), 29)
  assert.equal(scaledValue('100%', 7, 'down'), 7)
  assert.throws(() => scaledValue('a', 1, 'up'), /invalid type: string is not a percentage/)
})

test('durations are read and written as Go does', () => {
  for (const [text, ms, canonical] of [
    ['1h30m', 5_400_000, '1h30m0s'],
    ['1.5s', 1500, '1.5s'],
    ['250ms', 250, '250ms'],
    ['-1m', -60_000, '-1m0s'],
    ['0', 0, '0s'],
    ['15us', 0.015, '15µs'],
    ['100ns', 0.0001, '100ns'],
  ] as const) {
    assert.equal(parseDuration(text), ms)
    assert.equal(formatDuration(ms), canonical)
  }
})

test('bad durations are refused in the words of Go', () => {
  assert.throws(() => parseDuration(''), { message: 'time: invalid duration ""' })
  assert.throws(() => parseDuration('5'), { message: 'time: missing unit in duration "5"' })
  assert.throws(() => parseDuration('5y'), { message: 'time: unknown unit "y" in duration "5y"' })
})
