// Addresses, networks and URLs, as Go's netip and net/url read them.

import { isIPv4, isIPv6 } from 'node:net'
import {
  exactly,
  fixedCost,
  fn,
  type Overload,
  overFirst,
  plus,
  times,
  traversalFactor,
  unknownSize,
} from './functions.ts'
import { CelError, JsonMap, List, type MapValue, Opaque, sizeOf } from './values.ts'

export class Ip extends Opaque {
  readonly typeName = 'net.IP'
  readonly bits: bigint
  readonly family: 4 | 6
  constructor(bits: bigint, family: 4 | 6) {
    super()
    this.bits = bits
    this.family = family
  }
  equals(other: Ip): boolean {
    return this.family === other.family && this.bits === other.bits
  }
  override toString(): string {
    return this.family === 4 ? text4(this.bits) : text6(this.bits)
  }
  get width(): number {
    return this.family === 4 ? 32 : 128
  }
  /** Its first bits equal those of `prefix`. */
  startsWith(prefix: bigint, length: number): boolean {
    const rest = BigInt(this.width - length)
    return this.bits >> rest === prefix >> rest
  }
}

const text4 = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')

/** RFC 5952: the longest run of zeros is left out, the first of several. */
function text6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  let start = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === '0') end++
    if (end - i > length) {
      start = i
      length = end - i
    }
  }
  if (start === -1) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function bits4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function bits6(text: string): bigint {
  const lastColon = text.lastIndexOf(':')
  const tail = text.slice(lastColon + 1)
  const plainText = tail.includes('.')
    ? `${text.slice(0, lastColon + 1)}${(bits4(tail) >> 16n).toString(16)}:${(bits4(tail) & 0xffffn).toString(16)}`
    : text
  const [head = '', rest] = plainText.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = rest === undefined || rest === '' ? [] : rest.split(':')
  const filled = rest === undefined ? left : [...left, ...new Array(8 - left.length - right.length).fill('0'), ...right]
  return filled.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

const isMapped = (bits: bigint): boolean => bits >> 32n === 0xffffn

function parseIp(text: string): Ip {
  if (text.includes('%')) throw new CelError(`IP Address ${JSON.stringify(text)} with zone value is not allowed`)
  if (isIPv4(text)) return new Ip(bits4(text), 4)
  if (!isIPv6(text)) {
    throw new CelError(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    )
  }
  const bits = bits6(text)
  if (isMapped(bits)) throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`)
  return new Ip(bits, 6)
}

export class Cidr extends Opaque {
  readonly typeName = 'net.CIDR'
  readonly ip: Ip
  readonly length: number
  constructor(ip: Ip, length: number) {
    super()
    this.ip = ip
    this.length = length
  }
  equals(other: Cidr): boolean {
    return this.length === other.length && this.ip.equals(other.ip)
  }
  override toString(): string {
    return `${this.ip}/${this.length}`
  }
  masked(): Cidr {
    const rest = BigInt(this.ip.width - this.length)
    return new Cidr(new Ip((this.ip.bits >> rest) << rest, this.ip.family), this.length)
  }
  holds(ip: Ip): boolean {
    return ip.family === this.ip.family && ip.startsWith(this.ip.bits, this.length)
  }
}

function parseCidr(text: string): Cidr {
  const slash = text.lastIndexOf('/')
  const wrong = () =>
    new CelError(
      `network address parse error during conversion from string: network prefix ${JSON.stringify(text)} is invalid`,
    )
  if (slash === -1) throw wrong()
  const ip = parseIp(text.slice(0, slash))
  const length = text.slice(slash + 1)
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > ip.width) throw wrong()
  return new Cidr(ip, Number(length))
}

function works(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (error) {
    if (error instanceof CelError) return false
    throw error
  }
}

const test = (four: readonly (readonly [bigint, number])[], six: readonly (readonly [bigint, number])[]) => (ip: Ip) =>
  (ip.family === 4 ? four : six).some(([prefix, length]) => ip.startsWith(prefix, length))
const v6 = (first: bigint): bigint => first << 112n
const isUnspecified = test([[0n, 32]], [[0n, 128]])
const isLoopback = test([[0x7f000000n, 8]], [[1n, 128]])
const isLinkLocalMulticast = test([[0xe0000000n, 24]], [[v6(0xff02n), 16]])
const isLinkLocalUnicast = test([[0xa9fe0000n, 16]], [[v6(0xfe80n), 10]])
const isMulticast = test([[0xe0000000n, 4]], [[v6(0xff00n), 8]])
const isBroadcast = test([[0xffffffffn, 32]], [])
const isGlobalUnicast = (ip: Ip): boolean =>
  ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((holds) => holds(ip))

const nominal = fixedCost(1)
const bytesOf = ({ family }: Ip): number => (family === 4 ? 4 : 16)
const addressSize = { min: 4, max: 16 }
const contains = (network: boolean, parses: boolean) => ({
  cost: (_: unknown, cidr: Cidr, other: unknown) => {
    const size = bytesOf(cidr.ip)
    const base = Math.ceil(2 * size * traversalFactor) + (network ? Math.ceil(size * traversalFactor) + 1 : 0)
    return base + (parses ? Math.ceil(sizeOf(other as string) * traversalFactor) : 0)
  },
  estimate: ([, other = unknownSize]: readonly { min: number; max: number }[]) => {
    const compared = times(plus(addressSize, addressSize), traversalFactor)
    const masked = network ? plus(compared, plus(times(addressSize, traversalFactor), exactly(1))) : compared
    return { cost: parses ? plus(masked, times(other, traversalFactor)) : masked }
  },
})
const containsNetwork = (a: Cidr, b: Cidr): boolean => a.length <= b.length && a.holds(b.ip)

const addresses: readonly Overload[] = [
  fn('ip', '(string) -> net.IP', parseIp, overFirst()),
  fn('isIP', '(string) -> bool', (text: string) => works(() => parseIp(text)), overFirst()),
  fn('ip.isCanonical', '(string) -> bool', (text: string) => String(parseIp(text)) === text, overFirst(2)),
  fn('string', '(net.IP) -> string', String),
  fn('family', 'net.IP.() -> int', ({ family }: Ip) => BigInt(family), nominal),
  fn('isUnspecified', 'net.IP.() -> bool', isUnspecified, nominal),
  fn('isLoopback', 'net.IP.() -> bool', isLoopback, nominal),
  fn('isLinkLocalMulticast', 'net.IP.() -> bool', isLinkLocalMulticast, nominal),
  fn('isLinkLocalUnicast', 'net.IP.() -> bool', isLinkLocalUnicast, nominal),
  fn('isGlobalUnicast', 'net.IP.() -> bool', isGlobalUnicast, nominal),
  fn('cidr', '(string) -> net.CIDR', parseCidr, overFirst()),
  fn('isCIDR', '(string) -> bool', (text: string) => works(() => parseCidr(text)), overFirst()),
  fn('string', '(net.CIDR) -> string', String),
  fn('containsIP', 'net.CIDR.(net.IP) -> bool', (a: Cidr, b: Ip) => a.holds(b), contains(false, false)),
  fn('containsIP', 'net.CIDR.(string) -> bool', (a: Cidr, b: string) => a.holds(parseIp(b)), contains(false, true)),
  fn('containsCIDR', 'net.CIDR.(net.CIDR) -> bool', containsNetwork, contains(true, false)),
  fn(
    'containsCIDR',
    'net.CIDR.(string) -> bool',
    (a: Cidr, b: string) => containsNetwork(a, parseCidr(b)),
    contains(true, true),
  ),
  fn('ip', 'net.CIDR.() -> net.IP', ({ ip }: Cidr) => ip, nominal),
  fn('prefixLength', 'net.CIDR.() -> int', ({ length }: Cidr) => BigInt(length), nominal),
  fn('masked', 'net.CIDR.() -> net.CIDR', (cidr: Cidr) => cidr.masked(), nominal),
]

interface UrlParts {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string
}

class Url extends Opaque {
  readonly typeName = 'kubernetes.URL'
  readonly text: string
  readonly parts: UrlParts
  constructor(text: string, parts: UrlParts) {
    super()
    this.text = text
    this.parts = parts
  }
  equals(other: Url): boolean {
    return this.text === other.text
  }
}

/** What Go's ParseRequestURI finds wrong, or the parts. */
export function parseUrl(text: string): UrlParts | string {
  const wrong = (what: string): string => `parse ${JSON.stringify(text)}: ${what}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\x00-\x1f\x7f]/.test(text)) return wrong('net/url: invalid control character in URL')
  if (text === '') return wrong('empty url')
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([^?]*)(?:\?(.*))?$/s.exec(text)
  const [, scheme = '', before = '', query = ''] = match ?? []
  if (scheme === '' && before.startsWith(':')) return wrong('missing protocol scheme')
  if (!before.startsWith('/')) return wrong('invalid URI for request')
  const authority = scheme !== '' && before.startsWith('//') ? /^\/\/([^/]*)(.*)$/s.exec(before) : null
  const host = (authority?.[1] ?? '').replace(/^.*@/, '')
  const path = authority ? (authority[2] as string) : before
  if (/[\s<>"]/.test(host)) return wrong('invalid character " " in host name')
  if (host.startsWith('[') && !host.includes(']')) return wrong("missing ']' in host")
  const port = /:([^:\]]*)$/.exec(host)
  if (port && !/^\d*$/.test(port[1] as string)) return wrong(`invalid port ${JSON.stringify(port[0])} after host`)
  const escape = /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(path)
  if (escape) return wrong(`invalid URL escape ${JSON.stringify(escape[0])}`)
  return { scheme: scheme.toLowerCase(), host, path: path.replace(/#.*$/s, ''), query: query.replace(/#.*$/s, '') }
}

function url(text: string): Url {
  const parts = parseUrl(text)
  if (typeof parts === 'string') throw new CelError(`URL parse error during conversion from string: ${parts}`)
  return new Url(text, parts)
}

const hostname = (host: string): string =>
  host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:[^:]*$/, '')
const port = (host: string): string => /:(\d*)$/.exec(host)?.[1] ?? ''

function queryMap(query: string): MapValue {
  const values: Record<string, string[]> = Object.create(null)
  for (const [key, value] of new URLSearchParams(query)) {
    values[key] ??= []
    values[key].push(value)
  }
  return new JsonMap(values, (list) => new List(list as string[]))
}

const escapedPath = (path: string): string =>
  path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@!'()*%]+/gu, (part) => encodeURIComponent(part.toWellFormed()))

const urls: readonly Overload[] = [
  fn('url', '(string) -> kubernetes.URL', url, overFirst()),
  fn('isURL', '(string) -> bool', (text: string) => typeof parseUrl(text) !== 'string', overFirst()),
  fn('getScheme', 'kubernetes.URL.() -> string', ({ parts }: Url) => parts.scheme),
  fn('getHost', 'kubernetes.URL.() -> string', ({ parts }: Url) => parts.host),
  fn('getHostname', 'kubernetes.URL.() -> string', ({ parts }: Url) => hostname(parts.host)),
  fn('getPort', 'kubernetes.URL.() -> string', ({ parts }: Url) => port(parts.host)),
  fn('getEscapedPath', 'kubernetes.URL.() -> string', ({ parts }: Url) => escapedPath(parts.path)),
  fn('getQuery', 'kubernetes.URL.() -> map(string, list(string))', ({ parts }: Url) => queryMap(parts.query)),
]

export const networkLibrary: readonly Overload[] = [...addresses, ...urls]
