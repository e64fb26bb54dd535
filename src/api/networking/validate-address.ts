// Addresses and ranges where only one spelling is allowed: those that name objects, or are compared as texts.

import { cidr, ipAddress } from '../names.ts'
import { formatAddress, formatRange, parseAddress, parseRange } from './address.ts'

const canonical = (text: string): readonly string[] => [`must be in canonical form (${JSON.stringify(text)})`]
const mapped = (version: 4 | 6, value: bigint): boolean => version === 6 && value >> 32n === 0xffffn

/** Returns what is wrong. */
export function strictAddress(text: string): readonly string[] {
  const address = parseAddress(text)
  if (!address) return ipAddress(text)
  const { version, value } = address
  if (mapped(version, value)) return ['must not be an IPv4-mapped IPv6 address']
  const wanted = formatAddress(version, value)
  return wanted === text ? [] : canonical(wanted)
}

/** Returns what is wrong. */
export function strictRange(text: string): readonly string[] {
  const range = parseRange(text)
  if (!range) return cidr(text)
  if (mapped(range.version, range.first)) return ['must not have an IPv4-mapped IPv6 address']
  const wanted = formatRange(range)
  return wanted === text ? [] : canonical(wanted)
}
