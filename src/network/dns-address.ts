// The cluster's DNS address is answered by every node for its own pods: each node has it on its loopback
// interface, so that a query never leaves the node and no rule has to translate it.

import { output, type Run } from '#lib/exec.ts'

export interface DnsAddressOptions {
  readonly run: Run
  readonly address: string
  /** `lo` unless given. */
  readonly device?: string
  /** Put before `ip`, as in `['ip', 'netns', 'exec', 'node-1']`. */
  readonly prefix?: readonly string[]
}

/** Adds the address, no matter whether it is there already. Returns how to take it away. */
export async function addDnsAddress(options: DnsAddressOptions): Promise<() => Promise<void>> {
  const { run, address, device = 'lo', prefix = [] } = options
  const whole = `${address}/${address.includes(':') ? 128 : 32}`
  const [command, ...words] = [...prefix, 'ip', 'address']
  // An IPv6 address would otherwise be tentative for a second or two, and nothing could be bound to it.
  const flags = address.includes(':') ? ['nodad'] : []
  await output(run, command!, [...words, 'replace', whole, 'dev', device, ...flags])
  return async () => {
    // It exits with 2 when the address, or the whole namespace, is gone already.
    await run(command!, [...words, 'del', whole, 'dev', device])
  }
}
