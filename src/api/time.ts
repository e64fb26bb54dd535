// Points in time as metav1.Time and metav1.MicroTime read and write them: RFC 3339 in, UTC with whole seconds or
// six digits out. Error texts are those of Go's time.Parse.

import { formatMicroTime, formatTime } from '#lib/clock.ts'
import { isDay } from './calendar.ts'

export class TimeError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'TimeError'
  }
}

const canonical = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)$/
const layout = '2006-01-02T15:04:05Z07:00'
const microLayout = '2006-01-02T15:04:05.000000Z07:00'

/** When Go's time begins, which is how it keeps one that is not set. */
const zeroTime = '0001-01-01T00:00:00Z'

/** `2024-05-01T10:00:00Z`; null for the one that means none. Throws a TimeError. */
export function canonicalTime(text: string): string | null {
  const time = canonical.test(text) ? text : formatTime(parse(text, layout).seconds * 1000)
  return time === zeroTime ? null : time
}

/** `2024-05-01T10:00:00.000000Z`. Exactly six digits are wanted, as upstream does. Throws a TimeError. */
export function canonicalMicroTime(text: string): string | null {
  const { seconds, fraction } = parse(text, microLayout)
  if (fraction.length !== 6) {
    const rest = text.slice(19)
    throw new TimeError(
      `parsing time ${quote(text)} as ${quote(microLayout)}: cannot parse ${quote(rest)} as ".000000"`,
    )
  }
  const time = `${formatMicroTime(seconds * 1000).slice(0, 20)}${fraction}Z`
  return time === zeroMicroTime ? null : time
}

const zeroMicroTime = '0001-01-01T00:00:00.000000Z'

const quote = (text: string): string => JSON.stringify(text)

function parse(text: string, wanted: string): { seconds: number; fraction: string } {
  const match = pattern.exec(text)
  if (!match) throw unparsable(text, wanted)
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const out = (what: string) => new TimeError(`parsing time ${quote(text)}: ${what} out of range`)
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (mo < 1 || mo > 12) throw out('month')
  if (h > 23) throw out('hour')
  if (mi > 59) throw out('minute')
  if (s > 59) throw out('second')
  if (!isDay(y, mo, d)) throw out('day')
  const [zoneHour, zoneMinute] = zone === 'Z' ? [0, 0] : [Number(zone.slice(1, 3)), Number(zone.slice(4))]
  if (zoneHour > 24) throw out('time zone offset hour')
  if (zoneMinute > 60) throw out('time zone offset minute')
  const zoneSeconds = (zoneHour * 60 + zoneMinute) * (zone[0] === '-' ? -60 : 60)
  const seconds = Date.parse(`${text.slice(0, 19)}Z`) / 1000 - zoneSeconds
  // Another zone's first and last hours are outside of the years that can be written.
  if (seconds < firstSeconds || seconds > lastSeconds) throw out('year')
  return { seconds, fraction }
}

const firstSeconds = -62_167_219_200
const lastSeconds = 253_402_300_799

/** Goes through the layout as Go does, to name the first part that does not fit. */
function unparsable(text: string, wanted: string): TimeError {
  const parts: readonly [form: RegExp, name: string][] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^T/, 'T'],
    [/^\d\d/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d(?:[.,]\d+)?/, '05'],
    [/^(?:Z|[-+]\d\d:\d\d)/, 'Z07:00'],
  ]
  let rest = text
  for (const [form, name] of parts) {
    const found = form.exec(rest)
    if (!found) {
      return new TimeError(
        `parsing time ${quote(text)} as ${quote(wanted)}: cannot parse ${quote(rest)} as ${quote(name)}`,
      )
    }
    rest = rest.slice(found[0].length)
  }
  return new TimeError(`parsing time ${quote(text)}: extra text: ${quote(rest)}`)
}
