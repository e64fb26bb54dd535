import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDay } from './calendar.ts'

test('isDay() knows how long every month is, in every kind of year', () => {
  for (const year of [1582, 1900, 2000, 2023, 2024, 2100]) {
    for (let month = 1; month <= 12; month++) {
      const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
      assert.ok(isDay(year, month, last), `${year}-${month}-${last}`)
      assert.ok(!isDay(year, month, last + 1), `${year}-${month}-${last + 1}`)
    }
  }
})

for (const [year, month, day, expected] of [
  [2024, 2, 29, true],
  [2023, 2, 29, false],
  [1900, 2, 29, false],
  [2000, 2, 29, true],
  [0, 2, 29, true],
  [2024, 4, 31, false],
  [2024, 12, 31, true],
  [2024, 0, 1, false],
  [2024, 13, 1, false],
  [2024, 1, 0, false],
] as const) {
  test(`isDay() says ${expected} to ${year}-${month}-${day}`, () => {
    assert.equal(isDay(year, month, day), expected)
  })
}
