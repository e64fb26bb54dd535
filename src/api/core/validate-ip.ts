// Addresses that traffic may be sent to: not those that mean nobody, oneself, or whoever is on the same wire.

import { BlockList, isIP } from 'node:net'

import type { FieldErrors, Path } from '../field-errors.ts'

const block = (subnets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList()
  for (const [net, bits] of subnets) list.addSubnet(net, bits, net.includes(':') ? 'ipv6' : 'ipv4')
  return list
}

const special: readonly (readonly [BlockList, string])[] = [
  [
    block([
      ['127.0.0.0', 8],
      ['::1', 128],
    ]),
    'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ],
  [
    block([
      ['169.254.0.0', 16],
      ['fe80::', 10],
    ]),
    'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
  [
    block([
      ['224.0.0.0', 24],
      ['ff02::', 16],
    ]),
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
]
const unspecified = block([
  ['0.0.0.0', 32],
  ['::', 128],
])

export function validateNonSpecialIP(ip: string, path: Path, errors: FieldErrors): void {
  const version = isIP(ip)
  if (version === 0) {
    errors.invalid(path, ip, 'must be a valid IP address')
    return
  }
  const family = version === 6 ? 'ipv6' : 'ipv4'
  if (unspecified.check(ip, family)) errors.invalid(path, ip, `may not be unspecified (${ip})`)
  for (const [list, why] of special) if (list.check(ip, family)) errors.invalid(path, ip, why)
}
