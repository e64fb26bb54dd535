// IP addresses and ranges of them as numbers, and the one form in which upstream wants them written.

import { isIP } from 'node:net'

export interface Range {
  readonly version: 4 | 6
  /** The first address of the range. */
  readonly first: bigint
  readonly prefixBits: number
}

export const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128)

/** Undefined where it is no address. */
export function parseAddress(text: string): { readonly version: 4 | 6; readonly value: bigint } | undefined {
  const version = text.includes('%') ? 0 : isIP(text)
  if (version === 4) return { version, value: number(text.split('.'), 10, 8) }
  if (version !== 6) return undefined
  // The URL parser writes every form of an IPv6 address in the same way.
  const plain = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const zeros = new Array<string>(8 - before.length - after.length).fill('0')
  return { version, value: number([...before, ...zeros, ...after], 16, 16) }
}

const number = (parts: readonly string[], base: 10 | 16, bits: number): bigint =>
  parts.reduce((sum, part) => (sum << BigInt(bits)) | BigInt(base === 16 ? `0x${part}` : part), 0n)

export function formatAddress(version: 4 | 6, value: bigint): string {
  const bits = version === 4 ? 8 : 16
  const count = version === 4 ? 4 : 8
  const parts = Array.from(
    { length: count },
    (_, i) => (value >> BigInt(bits * (count - 1 - i))) & ((1n << BigInt(bits)) - 1n),
  )
  if (version === 4) return parts.join('.')
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1)
}

/** Undefined where it is no range. Bits beyond the prefix are left out. */
export function parseRange(text: string): Range | undefined {
  const [, ip = '', length = ''] = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? []
  const address = parseAddress(ip)
  const prefixBits = Number(length)
  if (!address || prefixBits > bitsOf(address.version)) return undefined
  const rest = BigInt(bitsOf(address.version) - prefixBits)
  return { version: address.version, first: (address.value >> rest) << rest, prefixBits }
}

export const formatRange = ({ version, first, prefixBits }: Range): string =>
  `${formatAddress(version, first)}/${prefixBits}`

/** Whether all of `inner` is in `outer`, and `outer` is larger. */
export function isStrictlyWithin(inner: Range, outer: Range): boolean {
  if (inner.version !== outer.version || inner.prefixBits <= outer.prefixBits) return false
  const rest = BigInt(bitsOf(outer.version) - outer.prefixBits)
  return inner.first >> rest === outer.first >> rest
}
