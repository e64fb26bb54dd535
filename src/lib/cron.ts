// The five fields of cron as Kubernetes takes them, which is what robfig/cron takes: no seconds, no years, Sunday
// is 0, names of months and days in three letters, `@daily` and the like, `@every 90s`. Errors are told in the
// words of that library, since they reach the client.

export class CronError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'CronError'
  }
}

/** When something is due: each field holds the values that fit. */
export interface CronFields {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly daysOfMonth: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly daysOfWeek: ReadonlySet<number>
  /** Whether the field is a plain star. Where neither of the two is, one day that fits is enough. */
  readonly anyDayOfMonth: boolean
  readonly anyDayOfWeek: boolean
}

export type CronSchedule =
  | ({ readonly type: 'fields'; readonly timeZone?: string } & CronFields)
  | { readonly type: 'every'; readonly everyMs: number }

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
}

const plain = (min: number, max: number): Bounds => ({ min, max, names: [] })
const minute = plain(0, 59)
const hour = plain(0, 23)
const dayOfMonth = plain(1, 31)
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const month: Bounds = { min: 1, max: 12, names: monthNames }
const dayOfWeek: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const quote = (text: string): string => JSON.stringify(text)

function parseInteger(text: string): number {
  if (!/^[-+]?[0-9]+$/.test(text)) {
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  }
  const value = Number(text)
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`)
  return value
}

function parseValue(text: string, { min, names }: Bounds): number {
  const named = names.indexOf(text.toLowerCase())
  return named === -1 ? parseInteger(text) : named + min
}

interface Field {
  readonly values: ReadonlySet<number>
  readonly any: boolean
}

/** `5`, `1-5`, `*`, `?`, `1-30/5`, `3/5`; the last means from 3 on. */
function parseRange(text: string, bounds: Bounds): Field {
  const [range = '', stepText, ...moreSteps] = text.split('/')
  const [low = '', high, ...moreEnds] = range.split('-')
  let [start, end] = [bounds.min, bounds.max]
  let any = low === '*' || low === '?'
  const single = high === undefined
  if (!any) {
    start = parseValue(low, bounds)
    end = start
    if (moreEnds.length > 0) throw new CronError(`too many hyphens: ${text}`)
    if (high !== undefined) end = parseValue(high, bounds)
  }
  if (moreSteps.length > 0) throw new CronError(`too many slashes: ${text}`)
  let step = 1
  if (stepText !== undefined) {
    step = parseInteger(stepText)
    if (single) end = bounds.max
    if (step > 1) any = false
  }
  if (start < bounds.min) throw new CronError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`)
  if (end > bounds.max) throw new CronError(`end of range (${end}) above maximum (${bounds.max}): ${text}`)
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`)
  const values = new Set<number>()
  for (let value = start; value <= end; value += step) values.add(value)
  return { values, any }
}

function parseField(text: string, bounds: Bounds): Field {
  const parts = text.split(',').filter((part) => part !== '')
  const fields = parts.map((part) => parseRange(part, bounds))
  return {
    values: new Set(fields.flatMap(({ values }) => [...values])),
    any: fields.some(({ any }) => any),
  }
}

function parseFields(text: string): CronFields {
  const fields = text.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== 5) {
    throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  }
  const [minutes, hours, days, months, weekdays] = [minute, hour, dayOfMonth, month, dayOfWeek].map((bounds, i) =>
    parseField(fields[i]!, bounds),
  ) as [Field, Field, Field, Field, Field]
  return {
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: days.values,
    months: months.values,
    daysOfWeek: weekdays.values,
    anyDayOfMonth: days.any,
    anyDayOfWeek: weekdays.any,
  }
}

const everyPrefix = '@every '
const zonePrefix = /^(?:CRON_TZ|TZ)=(\S*)/

/** `parseDuration` reads Go's notation into milliseconds, and throws on anything else. */
export function parseCron(text: string, parseDuration: (text: string) => number): CronSchedule {
  if (text === '') throw new CronError('empty spec string')
  const zone = zonePrefix.exec(text)
  const rest = zone ? text.slice(zone[0].length).trim() : text
  const timeZone = zone?.[1]
  if (timeZone && !isTimeZone(timeZone)) {
    throw new CronError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`)
  }
  const where = timeZone ? { timeZone } : {}
  if (!rest.startsWith('@')) return { type: 'fields', ...where, ...parseFields(rest) }
  const known = Object.hasOwn(descriptors, rest) ? descriptors[rest] : undefined
  if (known !== undefined) return { type: 'fields', ...where, ...parseFields(known) }
  if (!rest.startsWith(everyPrefix)) throw new CronError(`unrecognized descriptor: ${rest}`)
  try {
    // Anything finer than a second is left out, and there is no shorter time than one.
    const everyMs = Math.trunc(parseDuration(rest.slice(everyPrefix.length)) / 1000) * 1000
    return { type: 'every', everyMs: Math.max(1000, everyMs) }
  } catch (error) {
    throw new CronError(`failed to parse duration ${rest}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Names of the time zone database; offsets as `+01:00` are none. */
export function isTimeZone(name: string): boolean {
  if (name === '' || /^[-+]/.test(name)) return false
  // Go looks for a file of this name, where capital letters matter.
  if (!/[A-Z]/.test(name)) return false
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}
