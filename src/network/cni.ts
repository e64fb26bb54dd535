// The CNI configuration of a node, as text. Pure.
//
// Every pod hangs on a link of its own (plugin `ptp`) and the node routes between them, also between two pods of
// one node. So a reply always passes the node, where the service proxy translates it back; on a bridge it would
// need br_netfilter to be seen there. Host ports and masquerading are in the proxy's nftables table, so the
// plugins that need iptables are not used.

export interface CniOptions {
  /** Of this node; two with two families. */
  readonly podCIDRs: readonly string[]
  /** The kernel's default where it is not given. */
  readonly mtu?: number | undefined
  /** Where given out addresses are remembered: nodes that share a machine must not share it. */
  readonly dataDir: string
  readonly name?: string | undefined
}

export const conflistFile = '10-pinnace.conflist'

export function conflist({ podCIDRs, mtu, dataDir, name = 'pinnace' }: CniOptions): string {
  const config = {
    cniVersion: '0.4.0',
    name,
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ...(mtu === undefined ? {} : { mtu }),
        ipam: {
          type: 'host-local',
          dataDir,
          ranges: podCIDRs.map((subnet) => [{ subnet }]),
          routes: podCIDRs.map((cidr) => ({ dst: cidr.includes(':') ? '::/0' : '0.0.0.0/0' })),
        },
      },
    ],
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
