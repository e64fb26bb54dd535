import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CronError, type CronSchedule, isTimeZone, parseCron } from './cron.ts'

const seconds = (text: string): number => {
  if (!/^[0-9]+s$/.test(text)) throw new Error(`time: invalid duration ${JSON.stringify(text)}`)
  return Number(text.slice(0, -1)) * 1000
}
const fields = (text: string) => parseCron(text, seconds) as Extract<CronSchedule, { type: 'fields' }>

test('parseCron() reads stars, lists, ranges, steps and names', () => {
  const all = fields('*/20 1,3-5 ? JAN-Mar sun,2-6/2')
  assert.deepEqual([...all.minutes], [0, 20, 40])
  assert.deepEqual([...all.hours], [1, 3, 4, 5])
  assert.equal(all.daysOfMonth.size, 31)
  assert.deepEqual([...all.months], [1, 2, 3])
  assert.deepEqual([...all.daysOfWeek], [0, 2, 4, 6])
  assert.deepEqual([all.anyDayOfMonth, all.anyDayOfWeek], [true, false])
  assert.deepEqual([...fields('50/3 0 1 1 *').minutes], [50, 53, 56, 59])
})

test('parseCron() knows names for whole schedules', () => {
  assert.deepEqual(fields('@daily'), fields('0 0 * * *'))
  assert.deepEqual(fields('@weekly'), fields('0 0 * * 0'))
  assert.deepEqual(parseCron('@every 90s', seconds), { type: 'every', everyMs: 90_000 })
  assert.equal(fields('CRON_TZ=Europe/Zurich 0 6 * * *').timeZone, 'Europe/Zurich')
})

const wrong: readonly (readonly [string, string])[] = [
  ['', 'empty spec string'],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['* * * * * *', 'expected exactly 5 fields, found 6: [* * * * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* * * * 7', 'end of range (7) above maximum (6): 7'],
  ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['*/2/3 * * * *', 'too many slashes: */2/3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@often', 'unrecognized descriptor: @often'],
  ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ['TZ=Moon 0 0 * * *', 'provided bad location Moon: unknown time zone Moon'],
]
for (const [text, expected] of wrong) {
  test(`parseCron() says what is wrong with "${text}"`, () => {
    assert.throws(() => parseCron(text, seconds), new CronError(expected))
  })
}

test('isTimeZone() knows names, and no offsets', () => {
  for (const name of ['UTC', 'Europe/Zurich', 'Etc/GMT+5']) assert.equal(isTimeZone(name), true)
  for (const name of ['', '+01:00', 'Moon', '-03', 'europe/zurich', 'EUROPE/Zurich'])
    assert.equal(isTimeZone(name), false)
})
