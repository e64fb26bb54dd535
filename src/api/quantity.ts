// Amounts of resources, `500m`, `1.5Gi`, `3e6`: exact arithmetic and upstream's canonical text
// (k8s.io/apimachinery/pkg/api/resource). The value is a whole number of billionths; what is finer is rounded
// away from zero. Parsed amounts are remembered, since the same few texts come again and again.

import { own } from '#lib/json.ts'

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export class QuantityError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'QuantityError'
  }
}

const formatWrong = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const numericWrong = 'unable to parse numeric part of quantity'
const suffixWrong = "unable to parse quantity's suffix"

const billion = 1_000_000_000n
const million = 1_000_000n
const maxInt64 = 2n ** 63n - 1n

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** More digits or larger exponents than any resource has would only serve to keep the server busy. */
const maxDigits = 400
const maxExponent = 400

const ceilDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by
  const rest = value % by
  if (rest === 0n) return quotient
  // Away from zero, on both sides.
  return value < 0n ? quotient - 1n : quotient + 1n
}

export class Quantity {
  readonly #nano: bigint
  readonly format: QuantityFormat
  #text: string | undefined

  private constructor(nano: bigint, format: QuantityFormat, text?: string) {
    this.#nano = nano
    this.format = format
    this.#text = text
  }

  static readonly zero: Quantity = new Quantity(0n, 'DecimalSI', '0')

  /** Throws a QuantityError with upstream's sentence. */
  static parse(text: string): Quantity {
    const known = parsed.get(text)
    if (known) return known
    const quantity = parse(text)
    if (parsed.size >= maxParsed) parsed.clear()
    parsed.set(text, quantity)
    return quantity
  }

  static of(nano: bigint, format: QuantityFormat, text?: string): Quantity {
    return new Quantity(nano, format, text)
  }
  static fromInteger(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value) * billion, format)
  }
  static fromMilli(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value) * million, format)
  }

  get isZero(): boolean {
    return this.#nano === 0n
  }
  get sign(): -1 | 0 | 1 {
    return this.#nano === 0n ? 0 : this.#nano < 0n ? -1 : 1
  }
  /** Whole units, rounded away from zero: bytes, pods, devices. */
  get value(): number {
    return Number(ceilDivide(this.#nano, billion))
  }
  /** Thousandths, rounded away from zero: milli-CPU. */
  get milliValue(): number {
    return Number(ceilDivide(this.#nano, million))
  }
  /** Exact thousandths where nothing finer is in it. */
  get isMilliExact(): boolean {
    return this.#nano % million === 0n
  }
  get isInteger(): boolean {
    return this.#nano % billion === 0n
  }
  get nano(): bigint {
    return this.#nano
  }
  toNumber(): number {
    return Number(this.#nano) / 1e9
  }

  compare(other: Quantity): -1 | 0 | 1 {
    return this.#nano === other.#nano ? 0 : this.#nano < other.#nano ? -1 : 1
  }
  equals(other: Quantity): boolean {
    return this.#nano === other.#nano
  }

  /** Zero takes the other's format, as upstream does, so that a sum looks like its parts. */
  add(other: Quantity): Quantity {
    return new Quantity(this.#nano + other.#nano, this.isZero ? other.format : this.format)
  }
  subtract(other: Quantity): Quantity {
    return new Quantity(this.#nano - other.#nano, this.isZero ? other.format : this.format)
  }
  negate(): Quantity {
    return new Quantity(-this.#nano, this.format)
  }
  multiply(factor: number): Quantity {
    return new Quantity(this.#nano * BigInt(factor), this.format)
  }
  /** To thousandths, away from zero: what defaulting does to every resource list. */
  roundUpToMilli(): Quantity {
    return this.isMilliExact ? this : new Quantity(ceilDivide(this.#nano, million) * million, this.format)
  }

  toString(): string {
    this.#text ??= format(this.#nano, this.format)
    return this.#text
  }
  toJSON(): string {
    return this.toString()
  }
}

const parsed = new Map<string, Quantity>()
const maxParsed = 8192

const pattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)$/

function parse(text: string): Quantity {
  if (text === '') throw new QuantityError(formatWrong)
  if (text === '0') return Quantity.zero
  const match = pattern.exec(text)
  if (!match) throw new QuantityError(formatWrong)
  const [, sign = '', rawDigits = '', fraction = '', letters = '', tail = ''] = match
  const { base, exponent, format } = interpretSuffix(letters + tail)
  const digits = rawDigits.replace(/^0+/, '') || '0'
  if (digits.length + fraction.length > maxDigits || exponent > maxExponent) throw new QuantityError(numericWrong)

  const unsigned = BigInt(digits + fraction)
  const magnitude = scaled(unsigned, fraction.length, base, exponent)
  const capped = format === 'BinarySI' && magnitude > maxInt64 * billion ? maxInt64 * billion : magnitude
  const nano = sign === '-' ? -capped : capped
  // Below one, binary amounts are told in decimal, which avoids rounding.
  const kept = format === 'BinarySI' && (base === 2 ? capped < billion : false) && capped > 0n ? 'DecimalSI' : format
  return staysAsWritten(digits, fraction, exponent, format) ? Quantity.of(nano, kept, text) : Quantity.of(nano, kept)
}

/** unsigned / 10^places * base^exponent in billionths, rounded up. */
function scaled(unsigned: bigint, places: number, base: 2 | 10, exponent: number): bigint {
  if (unsigned === 0n) return 0n
  if (base === 2) return ceilDivide(unsigned * 2n ** BigInt(exponent) * billion, 10n ** BigInt(places))
  const shift = 9 + exponent - places
  if (shift >= 0) return unsigned * 10n ** BigInt(shift)
  return shift < -2 * maxDigits ? 1n : ceilDivide(unsigned, 10n ** BigInt(-shift))
}

interface Suffix {
  readonly base: 2 | 10
  readonly exponent: number
  readonly format: QuantityFormat
}

function interpretSuffix(suffix: string): Suffix {
  const decimal = decimalSuffixes.indexOf(suffix)
  if (decimal !== -1) return { base: 10, exponent: 3 * decimal - 9, format: 'DecimalSI' }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary !== -1) return { base: 2, exponent: 10 * binary, format: 'BinarySI' }
  if (/^[eE][-+]?[0-9]+$/.test(suffix)) {
    return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' }
  }
  throw new QuantityError(suffixWrong)
}

/** Upstream keeps the text of what looks canonical at a glance, and rewrites the rest; so `1.500` stays. */
function staysAsWritten(digits: string, fraction: string, exponent: number, format: QuantityFormat): boolean {
  if (format === 'BinarySI') {
    const precision = 15 - digits.length - Math.trunc((exponent * 3) / 10) - 1
    return fraction === '' && precision >= 0 && Number(digits) % 8 !== 0
  }
  const scale = exponent - fraction.length
  const all = digits + fraction
  if (all.length > 18 || scale < -9) return false
  return scale % 3 === 0 && !all.endsWith('000') && all[0] !== '0'
}

function format(nano: bigint, wanted: QuantityFormat): string {
  if (nano === 0n) return '0'
  if (wanted === 'BinarySI' && nano % billion === 0n) {
    const units = nano / billion
    if (units <= -1024n || units >= 1024n) return formatBinary(units)
  }
  return formatDecimal(nano, wanted === 'DecimalExponent')
}

function formatBinary(units: bigint): string {
  let mantissa = units
  let step = 0
  while (step < binarySuffixes.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n
    step++
  }
  return `${mantissa}${binarySuffixes[step]}`
}

/** The shortest mantissa whose exponent is a multiple of three. */
function formatDecimal(nano: bigint, asExponent: boolean): string {
  const digits = nano.toString()
  let end = digits.length
  while (digits.charCodeAt(end - 1) === 48) end--
  const zeros = digits.length - end
  const kept = zeros - (zeros % 3)
  const exponent = kept - 9
  const mantissa = digits.slice(0, digits.length - kept)
  const suffix = asExponent ? undefined : decimalSuffixes[kept / 3]
  return mantissa + (suffix ?? (exponent === 0 ? '' : `e${exponent}`))
}

/** The text as upstream would write it. Throws a QuantityError. */
export const canonicalQuantity = (text: string): string => Quantity.parse(text).toString()

/** Milli-CPU of a good quantity's text; 0 for an absent one. */
export const milliValue = (text: string | undefined): number =>
  text === undefined ? 0 : Quantity.parse(text).milliValue

/** Bytes, or whole units, of a good quantity's text; 0 for an absent one. */
export const quantityValue = (text: string | undefined): number => (text === undefined ? 0 : Quantity.parse(text).value)

/** What is wrong with it, or undefined. */
export function quantityProblem(text: string): string | undefined {
  try {
    Quantity.parse(text)
    return undefined
  } catch (error) {
    if (error instanceof QuantityError) return error.message
    throw error
  }
}

type Amounts = Readonly<Record<string, string>>

/** The same names with the same amounts, however they are written. All are good quantities. */
export function sameAmounts(a: Amounts, b: Amounts): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const other = own(b, name)
    return other !== undefined && Quantity.parse(a[name]!).equals(Quantity.parse(other))
  })
}
