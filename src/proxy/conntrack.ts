// UDP has no end of connection, so the kernel goes on translating to a target that is gone, as long as the
// client keeps sending from the same port. The program `conntrack` makes it forget.

import type { LostTarget } from './nftables.ts'
import type { Family } from './rules.ts'

/** Arguments that delete the flows to a lost target. */
export function conntrackArgs({ frontend, target, protocol }: LostTarget, family: Family): readonly string[] {
  const parts = frontend.split(' . ')
  const port = parts.at(-1)!
  const address = parts.length === 3 ? ['--orig-dst', parts[0]!] : []
  const [targetAddress = ''] = target.split(' . ')
  const version = family === 'ip' ? 'ipv4' : 'ipv6'
  return ['-D', '-f', version, '-p', protocol, ...address, '--dport', port, '--dst-nat', targetAddress]
}
