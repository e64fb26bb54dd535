// The network between a cluster's nodes on one machine: a bridge on the host, and for each node a namespace with
// a virtual cable to it. Names and addresses follow from the cluster's index, so that they are found again after
// a crash. The plans are pure lists of `ip` commands.

import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { output, type Run } from '#lib/exec.ts'

const namespaceFolder = '/run/netns'
const forwardingFile = '/proc/sys/net/ipv4/ip_forward'

export interface HostNetwork {
  readonly bridge: string
  readonly hardwareAddress: string
  /** The host's own address on the bridge: where nodes reach the server. */
  readonly hostAddress: string
  readonly subnet: string
  node(position: number): NodeNetwork
}

export interface NodeNetwork {
  readonly address: string
  /** The cable's end on the host. */
  readonly link: string
}

/** `index` in 0..255 tells the clusters of one machine apart; `position` counts a cluster's nodes from 1. */
export function hostNetwork(index: number): HostNetwork {
  const net = `172.30.${index}`
  return {
    bridge: `pinnace${index}`,
    hardwareAddress: hardwareAddress(index),
    hostAddress: `${net}.1`,
    subnet: `${net}.0/24`,
    node: (position) => ({ address: `${net}.${10 + position}`, link: `pn${index}v${position}` }),
  }
}

export const namespaceOf = (cluster: string, node: string): string => `pinnace-${cluster}-${node}`

export const namespacePath = (namespace: string): string => `${namespaceFolder}/${namespace}`

/** How the machine was before its first cluster. It is written on every cluster's bridge: whichever is taken down
 *  last puts it back, and a reboot forgets it. */
export interface MachineBefore {
  readonly forwarding: boolean
  /** Whether there was a folder of named network namespaces; it is a mount. */
  readonly namespaces: boolean
}

export const formatBefore = ({ forwarding, namespaces }: MachineBefore): string =>
  `before:${forwarding ? 'forwarding' : ''}${namespaces ? '+namespaces' : ''}`

export const parseBefore = (text: string): MachineBefore | undefined =>
  text.startsWith('before:')
    ? { forwarding: text.includes('forwarding'), namespaces: text.includes('namespaces') }
    : undefined

/** A bridge without a hardware address of its own takes on its ports' lowest: when that node goes, the others would
 *  look for the host in vain, for as long as they remember the old one. */
const hardwareAddress = (index: number): string => `02:70:6e:00:00:${index.toString(16).padStart(2, '0')}`

export const planBridge = (network: HostNetwork, before: MachineBefore): string[] => [
  `link add ${network.bridge} address ${network.hardwareAddress} type bridge`,
  `link set ${network.bridge} alias ${formatBefore(before)}`,
  `addr add ${network.hostAddress}/24 dev ${network.bridge}`,
  `link set ${network.bridge} up`,
]

/** The node's namespace with its cable; eth0 is the node's end of it. */
export function planNode(network: HostNetwork, namespace: string, { address, link }: NodeNetwork): string[] {
  return [
    `netns add ${namespace}`,
    `link add ${link} type veth peer name eth0 netns ${namespace}`,
    `link set ${link} master ${network.bridge} up`,
    `-n ${namespace} addr add ${address}/24 dev eth0`,
    `-n ${namespace} link set eth0 up`,
    `-n ${namespace} link set lo up`,
    `-n ${namespace} route add default via ${network.hostAddress}`,
  ]
}

const linkExists = (link: string): boolean => existsSync(`/sys/class/net/${link}`)

async function ip(run: Run, commands: readonly string[]): Promise<void> {
  for (const command of commands) await output(run, 'ip', command.split(' '))
}

export async function createBridge(run: Run, network: HostNetwork, before: MachineBefore): Promise<void> {
  if (linkExists(network.bridge)) return
  await ip(run, planBridge(network, before))
}

export async function createNode(run: Run, network: HostNetwork, namespace: string, node: NodeNetwork): Promise<void> {
  if (existsSync(namespacePath(namespace)) && linkExists(node.link)) return
  await removeNode(run, namespace, node)
  await ip(run, planNode(network, namespace, node))
}

export async function removeNode(run: Run, namespace: string, node: NodeNetwork): Promise<void> {
  if (linkExists(node.link)) await run('ip', ['link', 'del', node.link])
  if (existsSync(namespacePath(namespace))) await output(run, 'ip', ['netns', 'del', namespace])
}

export async function removeBridge(run: Run, network: HostNetwork): Promise<void> {
  if (linkExists(network.bridge)) await output(run, 'ip', ['link', 'del', network.bridge])
}

/** The bridges of the other clusters of this machine. */
export const otherBridges = (network?: HostNetwork): readonly string[] =>
  readdirSync('/sys/class/net').filter((link) => /^pinnace\d+$/.test(link) && link !== network?.bridge)

/** How the machine was before its first cluster, this one or another. */
export function beforeClusters(): MachineBefore {
  for (const bridge of otherBridges()) {
    const before = parseBefore(readFileSync(`/sys/class/net/${bridge}/ifalias`, 'utf8'))
    if (before) return before
  }
  return { forwarding: readFileSync(forwardingFile, 'utf8').trim() === '1', namespaces: existsSync(namespaceFolder) }
}

/** Takes away what `ip netns` has made around the namespaces, unless it was there before or is still in use. */
export async function restoreNamespaceFolder(run: Run, before: MachineBefore): Promise<void> {
  if (before.namespaces || !existsSync(namespaceFolder) || readdirSync(namespaceFolder).length > 0) return
  await run('umount', [namespaceFolder])
  rmdirSync(namespaceFolder)
}

/** The first index that no cluster of this machine has; the new cluster has it from here on. The bridge itself is what
 *  is taken: of two that start at once the kernel lets one make it, and the other goes on to the next. */
export async function takeIndex(
  run: Run,
  before: MachineBefore,
  isTaken: (bridge: string) => boolean = linkExists,
): Promise<number> {
  for (let index = 0; index < 256; index++) {
    const network = hostNetwork(index)
    if (isTaken(network.bridge)) continue
    const [add = '', ...others] = planBridge(network, before)
    const { code, stderr } = await run('ip', add.split(' '))
    if (code !== 0 && isTaken(network.bridge)) continue
    if (code !== 0) throw new Error(`The bridge ${network.bridge} cannot be made: ${stderr.trim()}`)
    await ip(run, others)
    return index
  }
  throw new Error('256 clusters run on this machine already')
}

/** What nodes send to the outside leaves with the host's address. */
export async function openWayOut(run: Run, network: HostNetwork): Promise<void> {
  if (readFileSync(forwardingFile, 'utf8').trim() !== '1') writeFileSync(forwardingFile, '1')
  const rules = `table ip ${network.bridge}
delete table ip ${network.bridge}
table ip ${network.bridge} {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${network.subnet} oifname != "${network.bridge}" masquerade
  }
}
`
  await output(run, 'nft', ['-f', '-'], { input: rules })
}

export async function closeWayOut(
  run: Run,
  network: HostNetwork,
  before: MachineBefore,
  isLast: boolean,
): Promise<void> {
  await run('nft', ['delete', 'table', 'ip', network.bridge])
  if (isLast && !before.forwarding) writeFileSync(forwardingFile, '0')
}
