// Which resolvers are asked for names outside of the cluster.

import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'

export interface Upstream {
  readonly address: string
  readonly port: number
}

export function parseUpstream(text: string): Upstream {
  if (isIP(text) !== 0) return { address: text, port: 53 }
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? []
  const address = bracketed ?? plain ?? ''
  if (isIP(address) === 0) throw new Error(`Cannot use "${text}" as a DNS upstream: it is no address`)
  return { address, port: Number(port) }
}

/** The servers that a resolv.conf names. */
export const upstreamsOf = (resolvConf: string): readonly string[] =>
  resolvConf.split('\n').flatMap((line) => {
    const [word, address = ''] = line.trim().split(/\s+/)
    // A link-local address carries the interface behind a percent sign, which a socket here does not take.
    return word === 'nameserver' && isIP(address) !== 0 && !address.includes('%') ? [address] : []
  })

/** Where systemd-resolved, which puts only itself into resolv.conf, keeps the servers that it asks. */
const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']

/** The servers of this machine. One on the loopback interface cannot be reached from a node's own network
 *  namespace, so it is taken only where there is no other. */
export async function findUpstreams(
  read: (file: string) => Promise<string> = (file) => readFile(file, 'utf8'),
): Promise<readonly string[]> {
  const found: string[] = []
  for (const file of files) found.push(...upstreamsOf(await read(file).catch(() => '')))
  const reachable = found.filter((address) => !address.startsWith('127.') && address !== '::1')
  return [...new Set(reachable.length > 0 ? reachable : found)]
}
