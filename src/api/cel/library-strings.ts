// More that can be done with texts: upstream's extended strings, and format.

import {
  type Costs,
  fn,
  fns,
  type Overload,
  overFirst,
  plus,
  product,
  times,
  traversalFactor,
  unknownSize,
} from './functions.ts'
import { bytesText, doubleText } from './library-standard.ts'
import { durationText, timestampText } from './time.ts'
import {
  addWork,
  CelError,
  Duration,
  isMap,
  List,
  type MapValue,
  noSuchOverload,
  points,
  sizeOf,
  Timestamp,
  TypeValue,
  typeName,
  Uint,
  type Value,
} from './values.ts'

const joinPoints = (text: string | readonly string[]): string => (typeof text === 'string' ? text : text.join(''))

function position(index: bigint, size: number): number {
  if (index < 0n || index > BigInt(size)) throw new CelError(`index out of range: ${index}`)
  return Number(index)
}

function charAt(text: string, index: bigint): string {
  const found = points(text)
  return found[position(index, found.length)] ?? ''
}

function substring(text: string, from: bigint, to?: bigint): string {
  const found = points(text)
  const start = position(from, found.length)
  const end = to === undefined ? found.length : position(to, found.length)
  if (start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  return joinPoints(found.slice(start, end))
}

/** In code points, where the text has pairs of code units. */
const pointIndex = (text: string, found: string | readonly string[], unit: number): bigint =>
  BigInt(unit < 0 || typeof found === 'string' ? unit : Array.from(text.slice(0, unit)).length)
const unitIndex = (found: string | readonly string[], point: number): number =>
  typeof found === 'string' ? point : found.slice(0, point).join('').length

function indexOf(text: string, part: string, from = 0n): bigint {
  const found = points(text)
  if (part === '' && from === 0n) return 0n
  return pointIndex(text, found, text.indexOf(part, unitIndex(found, position(from, found.length))))
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const found = points(text)
  const start = from === undefined ? text.length : unitIndex(found, position(from, found.length))
  return pointIndex(text, found, text.lastIndexOf(part, start))
}

function replace(text: string, part: string, by: string, limit = -1n): string {
  if (limit === 0n) return text
  const most = part === '' ? text.length + 1 : Math.floor(text.length / part.length)
  addWork((most * by.length) / 16)
  if (limit < 0n) return part === '' ? replaceEmpty(text, by, -1) : text.replaceAll(part, () => by)
  if (part === '') return replaceEmpty(text, by, Number(limit))
  const pieces = split(text, part)
  const count = Math.min(Number(limit), pieces.length - 1)
  return (
    pieces.slice(0, count + 1).join(by) +
    pieces
      .slice(count + 1)
      .map((piece) => part + piece)
      .join('')
  )
}

/** Go puts it before every character and at the end. */
function replaceEmpty(text: string, by: string, limit: number): string {
  const chars = Array.from(text)
  const put = (i: number) => (limit < 0 || i < limit ? by : '')
  return chars.map((char, i) => put(i) + char).join('') + put(chars.length)
}

function split(text: string, separator: string): string[] {
  addWork(text.length / 16)
  return separator === '' ? Array.from(text) : text.split(separator)
}

function splitList(text: string, separator: string, limit = -1n): List {
  if (limit === 0n) return new List([])
  const pieces = split(text, separator)
  if (limit < 0n || BigInt(pieces.length) <= limit) return new List(pieces)
  const kept = Number(limit) - 1
  return new List([...pieces.slice(0, kept), pieces.slice(kept).join(separator)])
}

function join(list: List, separator = ''): string {
  const texts = list.values()
  if (!texts.every((text) => typeof text === 'string')) throw noSuchOverload()
  return texts.join(separator)
}

/** Unicode's White_Space, which differs from what JavaScript trims. */
const blank = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const leading = new RegExp(`^${blank}`)
const blankChar = new RegExp(blank)
function trim(text: string): string {
  let end = text.length
  while (end > 0 && blankChar.test(text[end - 1] as string)) end--
  return text.slice(0, end).replace(leading, '')
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase())

const quotes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}
const quote = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  `"${text.toWellFormed().replace(/[\x07\b\f\n\r\t\v\\"]/g, (char) => quotes[char] as string)}"`

const joinCost: Costs = {
  cost: (result) => Math.ceil(sizeOf(result) * 2 * traversalFactor),
  estimate: ([list = unknownSize, separator = { min: 0, max: 0 }], items = unknownSize) => {
    const between = { min: Math.max(0, list.min - 1), max: Math.max(0, list.max - 1) }
    const size = plus(product(list, items), product(separator, between))
    return { cost: times(size, traversalFactor), size }
  },
}

const replaceCost: Costs = {
  ...overFirst(2),
  estimate: ([text = unknownSize, part = unknownSize, by = unknownSize]) => ({
    cost: times(text, 2 * traversalFactor),
    size: { min: 0, max: replacedSize(text.max, part.min, by.max) },
  }),
}

function replacedSize(text: number, part: number, by: number): number {
  if (part === 0) return by === 0 ? text : (text + 1) * by + text
  return by <= part ? text : Math.ceil(text / part) * by
}

const splitCost: Costs = {
  ...overFirst(2),
  estimate: ([text = unknownSize]) => ({
    cost: times(text, 2 * traversalFactor),
    size: { min: 0, max: text.max },
  }),
}

const strings: readonly Overload[] = [
  fn('charAt', 'string.(int) -> string', charAt),
  fn('indexOf', 'string.(string) -> int', indexOf, overFirst()),
  fn('indexOf', 'string.(string, int) -> int', indexOf, overFirst()),
  fn('lastIndexOf', 'string.(string) -> int', lastIndexOf, overFirst()),
  fn('lastIndexOf', 'string.(string, int) -> int', lastIndexOf, overFirst()),
  ...fns('substring', ['string.(int) -> string', 'string.(int, int) -> string'], substring, overFirst(1, true)),
  fn('lowerAscii', 'string.() -> string', lower, overFirst(1, true)),
  fn('upperAscii', 'string.() -> string', upper, overFirst(1, true)),
  fn('trim', 'string.() -> string', trim, overFirst(1, true)),
  ...fns(
    'replace',
    ['string.(string, string) -> string', 'string.(string, string, int) -> string'],
    replace,
    replaceCost,
  ),
  ...fns('split', ['string.(string) -> list(string)', 'string.(string, int) -> list(string)'], splitList, splitCost),
  ...fns('join', ['list(string).() -> string', 'list(string).(string) -> string'], join, joinCost),
  fn('reverse', 'string.() -> string', (text: string) => Array.from(text).reverse().join(''), overFirst(1, true)),
  fn('strings.quote', '(string) -> string', quote, overFirst()),
  fn('format', 'string.(list(dyn)) -> string', format, {
    cost: (result) => Math.ceil(sizeOf(result) * traversalFactor),
  }),
]

/** `%s %d %f %e %b %o %x %X %%`, with a precision for the doubles. */
function format(pattern: string, args: List): string {
  let next = 0
  const out: string[] = []
  let at = 0
  while (at < pattern.length) {
    const sign = pattern.indexOf('%', at)
    if (sign === -1) break
    out.push(pattern.slice(at, sign))
    const clause = /^%(?:%|(?:\.(\d{1,9}))?([A-Za-z]))/.exec(pattern.slice(sign, sign + 14))
    if (!clause) throw new CelError(`could not parse formatting clause: ${unparsable(pattern.slice(sign + 1))}`)
    at = sign + clause[0].length
    if (clause[0] === '%%') {
      out.push('%')
      continue
    }
    const verb = clause[2] as string
    if (!'sdfebxXo'.includes(verb)) {
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
    }
    if (next >= args.size) throw new CelError(`index ${next} out of range`)
    out.push(formatted(verb, args.at(next), clause[1] === undefined ? 6 : Number(clause[1])))
    next++
  }
  out.push(pattern.slice(at))
  return out.join('')
}

const unparsable = (rest: string): string =>
  rest === '' ? 'unexpected end of string' : `unrecognized formatting clause "${Array.from(rest)[0]}"`

const wrong = (rule: string, value: Value): CelError =>
  new CelError(`error during formatting: ${rule}, was given ${typeName(value)}`)

const integer = (value: Value): bigint | undefined =>
  typeof value === 'bigint' ? value : value instanceof Uint ? value.value : undefined
const inRadix = (value: bigint, radix: number): string => value.toString(radix)

function formatted(verb: string, value: Value, precision: number): string {
  const whole = integer(value)
  switch (verb) {
    case 's':
      return text(value)
    case 'd':
      if (whole !== undefined) return String(whole)
      if (typeof value === 'number' && !Number.isFinite(value)) return doubleWord(value)
      if (typeof value === 'number' && Number.isInteger(value)) return String(BigInt(value))
      throw wrong('decimal clause can only be used on integers', value)
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0'
      if (whole !== undefined) return inRadix(whole, 2)
      throw wrong('only integers and bools can be formatted as binary', value)
    case 'o':
      if (whole !== undefined) return inRadix(whole, 8)
      throw wrong('octal clause can only be used on integers', value)
    case 'x':
      return hex(value, whole)
    case 'X':
      return hex(value, whole).toUpperCase()
    case 'f':
      if (typeof value !== 'number' && whole === undefined)
        throw wrong('fixed-point clause can only be used on doubles', value)
      return fixed(Number(whole ?? value), precision)
    default:
      if (typeof value !== 'number' && whole === undefined)
        throw wrong('scientific clause can only be used on doubles', value)
      return scientific(Number(whole ?? value), precision)
  }
}

const doubleWord = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity')

function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return doubleWord(value)
  if (precision > 100) throw new CelError('error during formatting: precision is too large')
  // toFixed changes to an exponent for what is large, which has no fraction anyway.
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${precision === 0 ? '' : `.${'0'.repeat(precision)}`}`
  const made = halfEven(value, precision)
  return Object.is(value, -0) && !made.startsWith('-') ? `-${made}` : made
}

/** Ties go to the even digit, as Go has it. */
function halfEven(value: number, precision: number): string {
  const rounded = value.toFixed(precision)
  if (precision > 15) return rounded
  const exact = value.toFixed(Math.min(100, precision + 40))
  if (
    !/^5?0*$/.test(exact.slice(exact.indexOf('.') + 1 + precision)) ||
    !exact.slice(exact.indexOf('.') + 1 + precision).startsWith('5')
  ) {
    return rounded
  }
  const kept = exact.slice(0, exact.indexOf('.') + 1 + precision).replace(/\.$/, '')
  return Number(kept.at(-1)) % 2 === 0 ? kept : rounded
}

function scientific(value: number, precision: number): string {
  if (!Number.isFinite(value)) return doubleWord(value)
  if (precision > 100) throw new CelError('error during formatting: precision is too large')
  const [mantissa, exponent = '+0'] = value.toExponential(precision).split('e')
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

function hex(value: Value, whole: bigint | undefined): string {
  if (whole !== undefined) return inRadix(whole, 16)
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('hex')
  throw wrong('only integers, byte buffers, and strings can be formatted as hex', value)
}

function text(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isFinite(value) ? doubleText(value) : doubleWord(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Uint8Array) return bytesText(value)
  if (value instanceof Timestamp) return timestampText(value)
  if (value instanceof Duration) return durationText(value)
  if (value instanceof TypeValue) return value.name
  if (value instanceof List) return `[${value.values().map(text).join(', ')}]`
  if (isMap(value)) return mapText(value)
  throw wrong(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  )
}

function mapText(map: MapValue): string {
  addWork(map.size)
  const entries = map.keys().map((key) => `${text(key)}: ${text(map.get(key) as Value)}`)
  return `{${entries.sort().join(', ')}}`
}

export const stringsLibrary: readonly Overload[] = strings
