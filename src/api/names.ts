// What names, keys, values and addresses may look like, with the sentences that upstream answers bad ones with
// (k8s.io/apimachinery/pkg/util/validation). Every rule returns the list of what is wrong: empty means good.

import { isIP, isIPv4, isIPv6 } from 'node:net'

import { parseAddress, parseRange } from './networking/address.ts'

/** Returns what is wrong with a value. */
export type Rule = (value: string) => readonly string[]
/** A rule for `metadata.name`; a prefix is what stands in `metadata.generateName`. */
export type NameRule = (name: string, isPrefix: boolean) => readonly string[]

const good: readonly string[] = []

export const maxLengthText = (length: number): string => `must be no more than ${length} bytes`
export const rangeText = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`
export const emptyText = 'must be non-empty'

function regexText(text: string, format: string, ...examples: string[]): string {
  const regex = `regex used for validation is '${format}')`
  if (examples.length === 0) return `${text} (${regex}`
  return `${text} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, ${regex}`
}

interface Form {
  readonly format: string
  readonly text: string
  readonly examples: readonly string[]
  readonly maxLength?: number
}

/** A rule made of one regular expression and a length. The length is named first, as upstream does. */
function form({ format, text, examples, maxLength = Number.POSITIVE_INFINITY }: Form): Rule {
  const regex = new RegExp(`^${format}$`)
  const sentence = regexText(text, format, ...examples)
  return (value) => {
    const short = value.length <= maxLength
    const matches = short && regex.test(value)
    if (matches) return good
    const errors: string[] = []
    if (!short) errors.push(maxLengthText(maxLength))
    if (!regex.test(value)) errors.push(sentence)
    return errors
  }
}

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`
const qualifiedFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const label: Rule = form({
  format: labelFormat,
  text: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ['my-name', '123-abc'],
  maxLength: 63,
})

const dotless: readonly string[] = ['must not contain dots']
const labels = new RegExp(`^${subdomainFormat}$`)

/** What would be a name of several labels is told so, and nothing else. */
export const dns1123Label: Rule = (value) => {
  const found = label(value)
  if (found.length === 0 || !value.includes('.') || !labels.test(value)) return found
  return value.length > 63 ? [maxLengthText(63), ...dotless] : dotless
}

export const dns1123Subdomain: Rule = form({
  format: subdomainFormat,
  text: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ['example.com'],
  maxLength: 253,
})

export const dns1035Label: Rule = form({
  format: '[a-z]([-a-z0-9]*[a-z0-9])?',
  text: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  examples: ['my-name', 'abc-123'],
  maxLength: 63,
})

export const wildcardDns1123Subdomain: Rule = form({
  format: `\\*\\.${subdomainFormat}`,
  text: "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  examples: ['*.example.com'],
  maxLength: 253,
})

export const labelValue: Rule = form({
  format: `(${qualifiedFormat})?`,
  text: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  examples: ['MyValue', 'my_value', '12345'],
  maxLength: 63,
})

export const cIdentifier: Rule = form({
  format: '[A-Za-z_][A-Za-z0-9_]*',
  text: "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  examples: ['my_name', 'MY_NAME', 'MyName'],
})

export const httpHeaderName: Rule = form({
  format: '[-A-Za-z0-9]+',
  text: "a valid HTTP header must consist of alphanumeric characters or '-'",
  examples: ['X-Header-Name'],
})

export const percent: Rule = form({
  format: '[0-9]+%',
  text: "a valid percent string must be a numeric string followed by an ending '%'",
  examples: ['1%', '93%'],
})

const qualifiedText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const qualifiedExamples = ['MyName', 'my.name', '123-abc']
const qualifiedPart = form({
  format: qualifiedFormat,
  text: qualifiedText,
  examples: qualifiedExamples,
  maxLength: 63,
})

// Label keys come again and again; a regular expression each time would be most of the cost of validation.
const knownKeys = new Set<string>()
const maxKnownKeys = 4096

/** `name` or `example.com/name`: the keys of labels and annotations, finalizers, conditions. */
export const qualifiedName: Rule = (value) => {
  if (knownKeys.has(value)) return good
  const errors = checkQualifiedName(value)
  if (errors.length === 0) {
    if (knownKeys.size >= maxKnownKeys) knownKeys.clear()
    knownKeys.add(value)
  }
  return errors
}

function checkQualifiedName(value: string): readonly string[] {
  const slash = value.indexOf('/')
  if (slash !== -1 && value.indexOf('/', slash + 1) !== -1) {
    const text = regexText(qualifiedText, qualifiedFormat, ...qualifiedExamples)
    return [`a qualified name ${text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const errors: string[] = []
  if (slash !== -1) {
    const prefix = value.slice(0, slash)
    if (prefix === '') errors.push(`prefix part ${emptyText}`)
    else for (const error of dns1123Subdomain(prefix)) errors.push(`prefix part ${error}`)
  }
  const name = value.slice(slash + 1)
  if (name === '') errors.push(`name part ${emptyText}`)
  for (const error of qualifiedPart(name)) errors.push(`name part ${error}`)
  return errors
}

const changesDirectory = (value: string): readonly string[] => {
  if (value === '.') return ["must not be '.'"]
  if (value === '..') return ["must not be '..'"]
  return value.startsWith('..') ? ["must not start with '..'"] : good
}

const configKeyForm = form({
  format: '[-._a-zA-Z0-9]+',
  text: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  examples: ['key.name', 'KEY_NAME', 'key-name'],
  maxLength: 253,
})

/** The keys of a ConfigMap or Secret, which become file names. */
export const configMapKey: Rule = (value) => {
  const errors = configKeyForm(value)
  const path = changesDirectory(value)
  return path.length === 0 ? errors : [...errors, ...path]
}

/** Since 1.34 a container's variables may have any printable ASCII name without `=`. */
export const relaxedEnvVarName: Rule = (value) => {
  if (value === '') return [`environment variable name ${emptyText}`]
  return /^[ -<>-~]+$/.test(value)
    ? good
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** A port's name, an IANA service name. */
export const portName: Rule = (value) => {
  const errors: string[] = []
  if (value.length > 15) errors.push(maxLengthText(15))
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)')
  if (value.includes('--')) errors.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export const portNumber = (port: number): readonly string[] =>
  Number.isInteger(port) && port >= 1 && port <= 65535 ? good : [rangeText(1, 65535)]

export const inRange = (value: number, low: number, high: number): readonly string[] =>
  value >= low && value <= high ? good : [rangeText(low, high)]

/** `010.0.0.1`, which some read as octal, without what is too much. */
const withoutZeros = (address: string): string =>
  address.replace(/(?:[0-9]+\.)+[0-9]+$/, (dotted) => dotted.replace(/\b0+(?=[0-9])/g, ''))
/** `::ffff:10.9.8.7` in any spelling. */
const isMapped = (address: string): boolean =>
  /ffff/i.test(address) && (parseAddress(address)?.value ?? 0n) >> 32n === 0xffffn

/** What new objects may say; addresses that only look the same have been taken for others. */
export const ipAddress: Rule = (value) => {
  if (value.includes('%') || isIP(withoutZeros(value)) === 0) {
    return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  }
  if (isIP(value) === 0) return ['must not have leading 0s']
  return isMapped(value) ? ['must not be an IPv4-mapped IPv6 address'] : good
}
export const ipv4Address: Rule = (value) => (isIPv4(value) ? good : ['must be a valid IPv4 address'])
export const ipv6Address: Rule = (value) =>
  isIPv6(value) && !value.includes('%') ? good : ['must be a valid IPv6 address']

export const cidr: Rule = (value) => {
  const [, address = '', bits = ''] = /^([^/%]+)\/([0-9]{1,8})$/.exec(value) ?? []
  const plain = withoutZeros(address)
  const version = isIP(plain)
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) {
    return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']
  }
  if (plain !== address || /^0[0-9]/.test(bits)) return ['must not have leading 0s in IP or prefix length']
  if (isMapped(address)) return ['must not have an IPv4-mapped IPv6 address']
  return parseRange(value)?.first === parseAddress(address)?.value
    ? good
    : ['must not have bits set beyond the prefix length']
}

export const domainPrefixedPath: Rule = (value) => {
  if (value === '') return ['must not be empty']
  const slash = value.indexOf('/')
  if (slash <= 0 || slash === value.length - 1) return ['must be a domain-prefixed path (such as "acme.io/foo")']
  const errors = [...dns1123Subdomain(value.slice(0, slash))]
  const path = value.slice(slash + 1)
  const pathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) {
    errors.push(regexText('Invalid path', pathFormat))
  }
  return errors
}

/** What may stand as one segment of a URL's path: the rule for names of RBAC and similar objects. */
export const pathSegment = (name: string, isPrefix = false): readonly string[] => {
  if (!isPrefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  const errors: string[] = []
  for (const part of ['/', '%']) if (name.includes(part)) errors.push(`may not contain '${part}'`)
  return errors
}

/** A prefix may end in a dash, since something follows. */
const asName = (name: string, isPrefix: boolean): string =>
  isPrefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name

export const nameIsDnsSubdomain: NameRule = (name, isPrefix) => dns1123Subdomain(asName(name, isPrefix))
export const nameIsDnsLabel: NameRule = (name, isPrefix) => dns1123Label(asName(name, isPrefix))
export const nameIsDns1035Label: NameRule = (name, isPrefix) => dns1035Label(asName(name, isPrefix))
export const nameIsPathSegment: NameRule = (name, isPrefix) => pathSegment(name, isPrefix)
