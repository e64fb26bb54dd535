// Points in time and durations as texts and as calendars, to the nanosecond.

import { isDay } from '../calendar.ts'
import { CelError, Duration, Timestamp } from './values.ts'

const billion = 1_000_000_000n
const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[-+]\d\d:\d\d)$/

export function parseTimestamp(text: string): Timestamp {
  const match = pattern.exec(text)
  const wrong = () => new CelError(`type conversion error from 'string' to 'google.protobuf.Timestamp'`)
  if (!match) throw wrong()
  const [, y, mo, d, h, mi, s, fraction = '', zone = 'Z'] = match
  const [year, month, day, hour, minute, second] = [y, mo, d, h, mi, s].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (!isDay(year, month, day)) throw wrong()
  if (hour > 23 || minute > 59 || second > 59) throw wrong()
  const offset = zone.length === 1 ? 0 : offsetOf(zone)
  const seconds = daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
  return new Timestamp(BigInt(seconds) * billion + BigInt(fraction.padEnd(9, '0')))
}

const offsetOf = (zone: string): number => {
  const [hours = '0', minutes = '0'] = zone.replace(/^[-+]/, '').split(':')
  return (Number(hours) * 3600 + Number(minutes) * 60) * (zone.startsWith('-') ? -1 : 1)
}

/** Days since 1970 in the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

export interface Calendar {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  /** From 0. */
  readonly dayOfYear: number
  /** Sunday is 0. */
  readonly dayOfWeek: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanos: number
}

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

export function calendar({ ns }: Timestamp, zone: string | undefined): Calendar {
  const utc = Number(floorDivide(ns, billion))
  const local = utc + (zone === undefined ? 0 : zoneOffset(zone, utc))
  const days = Math.floor(local / 86400)
  const rest = local - days * 86400
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const fromMarch = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * fromMarch + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return {
    year,
    month,
    day: fromMarch - Math.floor((153 * marchMonth + 2) / 5) + 1,
    dayOfYear: days - daysFromCivil(year, 1, 1),
    dayOfWeek: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    nanos: Number(((ns % billion) + billion) % billion),
  }
}

const zones = new Map<string, Intl.DateTimeFormat>()

/** Seconds east of Greenwich; `zone` is a name of the time zone database or as `+02:00`. */
function zoneOffset(zone: string, utcSeconds: number): number {
  if (zone === 'UTC' || zone === '') return 0
  if (/^[-+]?\d\d:\d\d$/.test(zone)) return offsetOf(zone)
  let format = zones.get(zone)
  if (!format) {
    if (!/^[A-Za-z][\w+\-/]*$/.test(zone)) throw new CelError(`unknown time zone ${zone}`)
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    } catch {
      throw new CelError(`unknown time zone ${zone}`)
    }
    if (zones.size > 600) zones.clear()
    zones.set(zone, format)
  }
  const name = format.formatToParts(utcSeconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /^GMT([-+])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name)
  if (!match) return 0
  return (Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)) * (match[1] === '-' ? -1 : 1)
}

export function timestampText(timestamp: Timestamp): string {
  const { year, month, day, hour, minute, second, nanos } = calendar(timestamp, undefined)
  const two = (value: number) => String(value).padStart(2, '0')
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}Z`
}

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: billion,
  m: 60n * billion,
  h: 3600n * billion,
}

/** Go's notation, exactly. */
export function parseDuration(text: string): Duration {
  const wrong = () => new CelError(`type conversion error from 'string' to 'google.protobuf.Duration'`)
  const unsigned = text.replace(/^[-+]/, '')
  if (unsigned === '0') return new Duration(0n)
  if (unsigned.length > 200 || !/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(unsigned)) throw wrong()
  let ns = 0n
  for (const [, whole = '', fraction = '', unit = ''] of unsigned.matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const factor = unitNs[unit] as bigint
    ns += BigInt(whole === '' ? '0' : whole) * factor
    if (fraction !== '') ns += (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length)
  }
  return new Duration(text.startsWith('-') ? -ns : ns)
}

/** As `90s`, `1.5s`. */
export function durationText({ ns }: Duration): string {
  const magnitude = ns < 0n ? -ns : ns
  const fraction = magnitude % billion
  const tail = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`
  return `${ns < 0n ? '-' : ''}${magnitude / billion}${tail}s`
}
