// What only Kubernetes has: quantities, versions, named formats, keys of JSON patches.

import {
  dns1123Label,
  labelValue,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  qualifiedName,
} from '#api/names.ts'
import { Quantity, QuantityError } from '#api/quantity.ts'
import { fixedCost, fn, fns, type Overload, overFirst, times, traversalFactor, unknownSize } from './functions.ts'
import { parseUrl } from './library-network.ts'
import { parseTimestamp } from './time.ts'
import { CelError, List, maxInt, minInt, Opaque, Optional, sizeOf } from './values.ts'

class QuantityValue extends Opaque {
  readonly typeName = 'kubernetes.Quantity'
  readonly quantity: Quantity
  constructor(quantity: Quantity) {
    super()
    this.quantity = quantity
  }
  equals(other: QuantityValue): boolean {
    return this.quantity.equals(other.quantity)
  }
}

function quantity(text: string): QuantityValue {
  try {
    return new QuantityValue(Quantity.parse(text))
  } catch (error) {
    if (error instanceof QuantityError) throw new CelError(error.message)
    throw error
  }
}

function works(make: () => unknown): boolean {
  try {
    make()
    return true
  } catch (error) {
    if (error instanceof CelError) return false
    throw error
  }
}

const billion = 1_000_000_000n
const isInt = ({ quantity }: QuantityValue): boolean => {
  const whole = quantity.nano / billion
  return quantity.isInteger && whole <= maxInt && whole >= minInt
}
function asInteger(value: QuantityValue): bigint {
  if (!isInt(value)) throw new CelError('cannot convert value to integer')
  return value.quantity.nano / billion
}

type Operand = QuantityValue | bigint
const amount = (value: Operand): Quantity => (typeof value === 'bigint' ? Quantity.fromInteger(value) : value.quantity)
const withEither = (text: (other: string) => string): string[] => ['kubernetes.Quantity', 'int'].map(text)
const type = 'kubernetes.Quantity'
const nominal = fixedCost(1)

const quantities: readonly Overload[] = [
  fn('quantity', `(string) -> ${type}`, quantity, overFirst()),
  fn('isQuantity', '(string) -> bool', (text: string) => works(() => quantity(text)), overFirst()),
  fn('sign', `${type}.() -> int`, ({ quantity: { sign } }: QuantityValue) => BigInt(sign), nominal),
  fn('isInteger', `${type}.() -> bool`, isInt, nominal),
  fn('asInteger', `${type}.() -> int`, asInteger, nominal),
  fn('asApproximateFloat', `${type}.() -> double`, (a: QuantityValue) => a.quantity.toNumber(), nominal),
  ...fns(
    'add',
    withEither((other) => `${type}.(${other}) -> ${type}`),
    (a: QuantityValue, b: Operand) => new QuantityValue(a.quantity.add(amount(b))),
    nominal,
  ),
  ...fns(
    'sub',
    withEither((other) => `${type}.(${other}) -> ${type}`),
    (a: QuantityValue, b: Operand) => new QuantityValue(a.quantity.subtract(amount(b))),
    nominal,
  ),
  fn(
    'isGreaterThan',
    `${type}.(${type}) -> bool`,
    (a: QuantityValue, b: QuantityValue) => a.quantity.compare(b.quantity) > 0,
    nominal,
  ),
  fn(
    'isLessThan',
    `${type}.(${type}) -> bool`,
    (a: QuantityValue, b: QuantityValue) => a.quantity.compare(b.quantity) < 0,
    nominal,
  ),
  fn(
    'compareTo',
    `${type}.(${type}) -> int`,
    (a: QuantityValue, b: QuantityValue) => BigInt(a.quantity.compare(b.quantity)),
    nominal,
  ),
]

class Semver extends Opaque {
  readonly typeName = 'kubernetes.Semver'
  readonly numbers: readonly bigint[]
  readonly pre: readonly string[]
  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super()
    this.numbers = numbers
    this.pre = pre
  }
  equals(other: Semver): boolean {
    return this.compare(other) === 0
  }
  compare(other: Semver): -1 | 0 | 1 {
    for (let i = 0; i < 3; i++) {
      const [a, b] = [this.numbers[i] as bigint, other.numbers[i] as bigint]
      if (a !== b) return a < b ? -1 : 1
    }
    if (this.pre.length === 0 || other.pre.length === 0)
      return this.pre.length === other.pre.length ? 0 : this.pre.length === 0 ? 1 : -1
    const end = Math.min(this.pre.length, other.pre.length)
    for (let i = 0; i < end; i++) {
      const order = comparePart(this.pre[i] as string, other.pre[i] as string)
      if (order !== 0) return order
    }
    return this.pre.length === other.pre.length ? 0 : this.pre.length < other.pre.length ? -1 : 1
  }
}

/** Numbers by worth and before words. */
function comparePart(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  const [aNumber, bNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (aNumber && bNumber) return BigInt(a) < BigInt(b) ? -1 : 1
  if (aNumber !== bNumber) return aNumber ? -1 : 1
  return a < b ? -1 : 1
}

const version =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

function semver(text: string, normalize = false): Semver {
  if (text === '') throw new CelError('Version string empty')
  const match = text.length > 1000 ? null : version.exec(normalize ? normalized(text) : text)
  if (!match) {
    throw new CelError(
      text.split('.').length < 3
        ? 'No Major.Minor.Patch elements found'
        : `Invalid character(s) found in version ${JSON.stringify(text)}`,
    )
  }
  const pre = match[4]?.split('.') ?? []
  if (pre.some((part) => /^0\d+$/.test(part)))
    throw new CelError('Numeric PreRelease version must not contain leading zeroes')
  return new Semver(
    [match[1], match[2], match[3]].map((part) => BigInt(part as string)),
    pre,
  )
}

function normalized(text: string): string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.')
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])]
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) as string)) {
    throw new CelError('short version cannot contain PreRelease/Build meta data')
  }
  const trimmed = parts.map((part) => part.replace(/^0+(?=\d)/, ''))
  while (trimmed.length < 3) trimmed.push('0')
  return trimmed.join('.')
}

const semverType = 'kubernetes.Semver'
const number = (at: number) => (value: Semver) => value.numbers[at] as bigint

const versions: readonly Overload[] = [
  ...fns('semver', [`(string) -> ${semverType}`, `(string, bool) -> ${semverType}`], semver, overFirst()),
  ...fns(
    'isSemver',
    ['(string) -> bool', '(string, bool) -> bool'],
    (text: string, normalize?: boolean) => works(() => semver(text, normalize)),
    overFirst(),
  ),
  fn('major', `${semverType}.() -> int`, number(0), nominal),
  fn('minor', `${semverType}.() -> int`, number(1), nominal),
  fn('patch', `${semverType}.() -> int`, number(2), nominal),
  fn('isGreaterThan', `${semverType}.(${semverType}) -> bool`, (a: Semver, b: Semver) => a.compare(b) > 0, nominal),
  fn('isLessThan', `${semverType}.(${semverType}) -> bool`, (a: Semver, b: Semver) => a.compare(b) < 0, nominal),
  fn('compareTo', `${semverType}.(${semverType}) -> int`, (a: Semver, b: Semver) => BigInt(a.compare(b)), nominal),
]

class Format extends Opaque {
  readonly typeName = 'kubernetes.NamedFormat'
  readonly name: string
  readonly problems: (text: string) => readonly string[]
  constructor(name: string, problems: (text: string) => readonly string[]) {
    super()
    this.name = name
    this.problems = problems
  }
  equals(other: Format): boolean {
    return this.name === other.name
  }
}

const unless = (holds: (text: string) => boolean, message: string) => (text: string) => (holds(text) ? [] : [message])
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/

const formats: ReadonlyMap<string, Format> = new Map(
  Object.entries({
    dns1123Label: dns1123Label,
    dns1123Subdomain: (text: string) => nameIsDnsSubdomain(text, false),
    dns1035Label: (text: string) => nameIsDns1035Label(text, false),
    qualifiedName,
    dns1123LabelPrefix: (text: string) => nameIsDnsLabel(text, true),
    dns1123SubdomainPrefix: (text: string) => nameIsDnsSubdomain(text, true),
    dns1035LabelPrefix: (text: string) => nameIsDns1035Label(text, true),
    labelValue,
    uri: (text: string) => {
      const parsed = parseUrl(text)
      return typeof parsed === 'string' ? [parsed] : []
    },
    uuid: unless((text) => uuid.test(text), 'does not match the UUID format'),
    byte: unless((text) => base64.test(text), 'invalid base64'),
    date: unless((text) => works(() => parseTimestamp(`${text}T00:00:00Z`)), 'invalid date'),
    datetime: unless((text) => works(() => parseTimestamp(text)), 'invalid datetime'),
  }).map(([name, problems]) => [name, new Format(name, problems)]),
)

function validate(format: Format, text: string): Optional {
  const problems = format.problems(text)
  return problems.length === 0 ? Optional.none : new Optional(new List(problems))
}

const named: readonly Overload[] = [
  fn('format.named', '(string) -> optional(kubernetes.NamedFormat)', (name: string) => {
    const found = formats.get(name)
    return found ? new Optional(found) : Optional.none
  }),
  ...Array.from(formats, ([name, format]) => fn(`format.${name}`, '() -> kubernetes.NamedFormat', () => format)),
  fn('validate', 'kubernetes.NamedFormat.(string) -> optional(list(string))', validate, {
    cost: (_, __, text) => Math.ceil((1 + sizeOf(text)) * traversalFactor) * 15,
    estimate: ([, text = unknownSize]) => ({
      cost: times({ min: text.min + 1, max: text.max + 1 }, traversalFactor * 15),
    }),
  }),
]

const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

export const kubernetesLibrary: readonly Overload[] = [
  ...quantities,
  ...versions,
  ...named,
  fn('jsonpatch.escapeKey', '(string) -> string', escapeKey, overFirst()),
]
