// Addresses in a spelling that will be refused one day, or that others do not recognize as the same: allowed where
// they are stored already, or where only the spelling is unusual, and told.

import type { Path } from '../field-errors.ts'
import { bitsOf, formatAddress, formatRange, parseAddress, parseRange } from './address.ts'

const quoted = JSON.stringify
const isMapped = (version: 4 | 6, value: bigint): boolean => version === 6 && value >> 32n === 0xffffn
const future = 'will be considered invalid in a future Kubernetes release'

export function addressWarnings(text: string | undefined, path: Path): string[] {
  const address = parseAddress(text ?? '')
  if (!address) return []
  const { version, value } = address
  if (isMapped(version, value)) {
    const wanted = quoted(formatAddress(4, value & 0xffff_ffffn))
    return [`${path}: non-standard IP address ${quoted(text)} ${future}: use ${wanted}`]
  }
  const wanted = formatAddress(version, value)
  if (version === 4 || wanted === text) return []
  return [`${path}: IPv6 address ${quoted(text)} should be in RFC 5952 canonical format (${quoted(wanted)})`]
}

export function rangeWarnings(text: string, path: Path): string[] {
  const range = parseRange(text)
  const address = parseAddress(text.split('/')[0] ?? '')
  if (!range || !address) return []
  const wanted = quoted(formatRange(range))
  const warnings: string[] = []
  if (address.value !== range.first) {
    const single = `${formatAddress(address.version, address.value)}/${bitsOf(address.version)}`
    const either = `(should be ${wanted} or ${quoted(single)}?)`
    warnings.push(`${path}: CIDR value ${quoted(text)} is ambiguous in this context ${either}`)
  }
  if (isMapped(range.version, range.first)) {
    warnings.push(`${path}: non-standard CIDR value ${quoted(text)} ${future}: use ${wanted}`)
  }
  if (warnings.length > 0 || range.version === 4 || wanted === quoted(text)) return warnings
  return [`${path}: IPv6 CIDR value ${quoted(text)} should be in RFC 5952 canonical format (${wanted})`]
}
