// Writes rules down as one nftables table. Pure: rules in, text for `nft -f` out. The number of maps and sets is
// constant, and there is one chain per number of targets (and way of treating the source), however many services
// there are; a service is a handful of map elements, so that a change is a few elements in one transaction.
//
// How a connection finds its way: a verdict map leads from address, protocol and port to the chain for N targets;
// that chain draws a number below N and translates to what the map of targets holds for it. Services with client
// affinity first look into a map of their own, which a later chain fills from the connections that were made.
//
// The kernel changes generation amid its work on a packet: what such a packet looks up first may be old, and what it
// looks up later new. A chain therefore stands before anything leads to it, and its draw is made good where the
// targets have become fewer meanwhile. A new connection that finds nothing is dropped, so that its next try is
// translated; passed on as it is, it would keep the kernel from translating any of its tries.

import { type Family, type Frontend, type Protocol, type ServiceRules, targetKey } from './rules.ts'

export interface Settings {
  readonly family: Family
  readonly table: string
  /** The addresses of all pods: who comes from elsewhere gets this node's address on the way to a pod. */
  readonly clusterCIDR: string
  /** Whether pods get this node's address on the way out of the cluster. */
  readonly masqueradePods: boolean
}

/** What the kernel is to hold, apart from the fixed part. */
export interface Table {
  /** The rules of each chain by its name. */
  readonly chains: ReadonlyMap<string, readonly string[]>
  /** Elements by map or set; the value is empty in a set. */
  readonly elements: Readonly<Record<SetName, ReadonlyMap<string, string>>>
  /** Targets by `address . protocol . port` as the kernel's connections have it; what is lost here is cleaned up. */
  readonly targets: ReadonlyMap<string, TargetsOf>
}

export interface TargetsOf {
  readonly protocol: Protocol
  readonly keys: ReadonlySet<string>
  readonly sticky: boolean
}

const setNames = [
  'services',
  'services-outside',
  'node-services',
  'node-services-outside',
  'tcp-targets',
  'udp-targets',
  'sctp-targets',
  'node-tcp-targets',
  'node-udp-targets',
  'node-sctp-targets',
  'remember',
  'node-remember',
  'cluster-addresses',
  'hairpin',
  'firewalled',
  'firewall',
] as const
export type SetName = (typeof setNames)[number]

/** The bit of the packet mark that upstream's proxy uses for the same purpose. It is cleared before the packet leaves. */
const masqueradeBit = '0x4000'
/** Services for clients from outside have their targets beside those for everybody. */
const outsideOffset = 32_768
const affinitySize = 65_536

const protocols: readonly Protocol[] = ['tcp', 'udp', 'sctp']

/** Declarations and fixed chains. */
function skeleton({ family, clusterCIDR, masqueradePods }: Settings): string {
  const address = `${family} daddr`
  const node = 'meta l4proto . th dport'
  const key = `${address} . ${node}`
  const [loopback, multicast] = family === 'ip' ? ['127.0.0.0/8', '224.0.0.0/4'] : ['::1', 'ff00::/8']
  const unreachable = family === 'ip' ? 'icmp' : 'icmpv6'
  const toNode = `fib daddr type local ${address} != ${loopback}`
  const remembered = protocols.flatMap((protocol) => {
    const original = `meta l4proto . ct original proto-dst`
    return [
      `meta l4proto ${protocol} ct original ${address} . ${original} vmap @remember`,
      `meta l4proto ${protocol} ${original} vmap @node-remember`,
    ]
  })
  const chain = (name: string, ...lines: string[]) =>
    `  chain ${name} {\n${lines.map((l) => `    ${l}\n`).join('')}  }\n`
  const collection = (kind: 'map' | 'set', name: string, type: string, ...lines: string[]) =>
    `  ${kind} ${name} {\n${[`typeof ${type}`, ...lines].map((l) => `    ${l}\n`).join('')}  }\n`
  return [
    collection('map', 'services', `${key} : verdict`),
    collection('map', 'services-outside', `${key} : verdict`),
    collection('map', 'node-services', `${node} : verdict`),
    collection('map', 'node-services-outside', `${node} : verdict`),
    // nft 1.0.6 does not read back a map whose data is `th dport`, so what is translated to has a map per protocol.
    ...protocols.flatMap((protocol) => {
      const port = `${protocol} dport`
      const target = `${address} . ${port}`
      return [
        collection('map', `${protocol}-targets`, `${target} . numgen random mod 2 : ${target}`),
        collection('map', `node-${protocol}-targets`, `${port} . numgen random mod 2 : ${target}`),
        collection(
          'map',
          `${protocol}-affinity`,
          `${family} saddr . ${target} : ${target}`,
          `size ${affinitySize}`,
          'flags dynamic,timeout',
        ),
      ]
    }),
    collection('map', 'remember', `${key} : verdict`),
    collection('map', 'node-remember', `${node} : verdict`),
    collection('set', 'cluster-addresses', address),
    collection('set', 'hairpin', `${family} saddr . ${address}`),
    collection('set', 'firewalled', key),
    collection('set', 'firewall', `${key} . ${family} saddr`, 'flags interval'),
    chain('prerouting', 'type nat hook prerouting priority -100; policy accept;', 'jump find'),
    chain('output', 'type nat hook output priority -100; policy accept;', 'jump find'),
    chain(
      'postrouting',
      'type nat hook postrouting priority 100; policy accept;',
      `meta mark & ${masqueradeBit} != 0 meta mark set meta mark & 0xffffbfff masquerade fully-random`,
      `ct status dnat ${family} saddr . ${address} @hairpin masquerade fully-random`,
      ...(masqueradePods
        ? [`${family} saddr ${clusterCIDR} ${address} != { ${clusterCIDR}, ${multicast} } masquerade fully-random`]
        : []),
    ),
    // Just behind the translation, where a packet has both its old and its new destination.
    chain('remember-routed', 'type filter hook prerouting priority -99; policy accept;', 'jump remember-new'),
    chain('remember-own', 'type filter hook output priority -99; policy accept;', 'jump remember-new'),
    chain('remember-new', 'ct state != new return', 'ct status & dnat == 0 return', ...remembered),
    chain('refuse', 'meta l4proto tcp reject with tcp reset', `reject with ${unreachable} port-unreachable`),
    chain(
      'find',
      `${key} @firewalled ${key} . ${family} saddr != @firewall drop`,
      `${family} saddr != ${clusterCIDR} fib saddr type != local jump find-outside`,
      `${key} vmap @services`,
      // Kernels before 6.17 may miss an element at the moment of a change, though it is there before and after.
      `${key} vmap @services`,
      `${toNode} ${node} vmap @node-services`,
      `${address} @cluster-addresses goto refuse`,
    ),
    chain('find-outside', `${key} vmap @services-outside`, `${toNode} ${node} vmap @node-services-outside`),
  ].join('')
}

/** Merges the rules of services, by name: where two claim the same address and port, the first name has it. */
export function render(rules: ReadonlyMap<string, ServiceRules>, settings: Settings): Table {
  const chains = new Map<string, readonly string[]>()
  const elements = Object.fromEntries(setNames.map((name) => [name, new Map<string, string>()])) as Record<
    SetName,
    Map<string, string>
  >
  const targets = new Map<string, { protocol: Protocol; keys: Set<string>; sticky: boolean }>()
  for (const name of [...rules.keys()].sort()) {
    const { frontends, clusterAddresses, firewalls, localAddresses } = rules.get(name)!
    for (const frontend of frontends) addFrontend(frontend, settings, chains, elements, targets)
    for (const address of clusterAddresses) elements['cluster-addresses'].set(address, '')
    for (const address of localAddresses) elements.hairpin.set(`${address} . ${address}`, '')
    for (const { address, protocol, port, ranges } of firewalls) {
      const key = `${address} . ${protocol} . ${port}`
      elements.firewalled.set(key, '')
      for (const range of ranges) elements.firewall.set(`${key} . ${range}`, '')
    }
  }
  return { chains, elements, targets }
}

function addFrontend(
  frontend: Frontend,
  settings: Settings,
  chains: Map<string, readonly string[]>,
  elements: Record<SetName, Map<string, string>>,
  targets: Map<string, { protocol: Protocol; keys: Set<string>; sticky: boolean }>,
): void {
  const { address, protocol, port, from, affinitySeconds } = frontend
  const onNode = address === 'node'
  const suffix = from === 'outside' ? ('-outside' as const) : ('' as const)
  const key = onNode ? `${protocol} . ${port}` : `${address} . ${protocol} . ${port}`
  const verdicts = elements[onNode ? (`node-services${suffix}` as const) : (`services${suffix}` as const)]
  if (verdicts.has(key)) return
  if (frontend.targets.length === 0) {
    verdicts.set(key, frontend.whenEmpty === 'drop' ? 'drop' : 'goto refuse')
    return
  }
  const chain = chainOf(frontend, settings)
  chains.set(chain.name, chain.rules)
  verdicts.set(key, `goto ${chain.name}`)
  const first = from === 'outside' ? outsideOffset : 0
  const slots = elements[onNode ? (`node-${protocol}-targets` as const) : (`${protocol}-targets` as const)]
  frontend.targets.forEach((target, index) => {
    slots.set(`${onNode ? port : `${address} . ${port}`} . ${first + index}`, targetKey(target))
  })
  const sticky = affinitySeconds !== undefined && settings.family === 'ip'
  if (sticky) {
    const name = `remember-${protocol}-${affinitySeconds}s`
    chains.set(name, [rememberRule(settings, protocol, affinitySeconds)])
    elements[onNode ? 'node-remember' : 'remember'].set(key, `goto ${name}`)
  }
  const known = targets.get(key) ?? { protocol, keys: new Set<string>(), sticky }
  for (const target of frontend.targets) known.keys.add(targetKey(target))
  targets.set(key, known)
}

/** The chain that spreads over as many targets as this frontend has, treating clients as it asks. */
function chainOf(frontend: Frontend, { family, clusterCIDR }: Settings): { name: string; rules: readonly string[] } {
  const { address, protocol, from, masquerade, affinitySeconds, targets } = frontend
  const onNode = address === 'node'
  const sticky = affinitySeconds !== undefined
  const key = onNode ? `${protocol} dport` : `${family} daddr . ${protocol} dport`
  const slots = `${onNode ? 'node-' : ''}${protocol}-targets`
  // Two IPv6 addresses and a target do not fit into nftables' registers together, so that the kernel cannot remember
  // a client's target: it is computed from the client's address instead.
  const draw = sticky && family === 'ip6' ? 'jhash ip6 saddr' : 'numgen random'
  const offset = from === 'outside' ? ` offset ${outsideOffset}` : ''
  const slot = (draw: string, count: number) => `${key} . ${draw} mod ${count}${offset} map @${slots}`
  const mark = `meta mark set meta mark | ${masqueradeBit}`
  const translate = (to: string) => `meta l4proto ${protocol} dnat ${family} to ${to}`
  return {
    name: [
      onNode ? 'node' : 'service',
      protocol,
      ...(from === 'outside' ? ['outside'] : []),
      { never: 'plain', 'non-pods': 'masked', always: 'masqueraded' }[masquerade],
      ...(sticky ? ['sticky'] : []),
      targets.length,
    ].join('-'),
    rules: [
      ...(masquerade === 'always' ? [mark] : []),
      ...(masquerade === 'non-pods' ? [`${family} saddr != ${clusterCIDR} ${mark}`] : []),
      ...(sticky && family === 'ip'
        ? [translate(`${family} saddr . ${family} daddr . ${protocol} dport map @${protocol}-affinity`)]
        : []),
      translate(slot(draw, targets.length)),
      ...(targets.length > 1 ? [translate(slot('numgen random', 1))] : []),
      'drop',
    ],
  }
}

/** Updating an element that is there only renews its time: the client keeps its target. */
function rememberRule({ family }: Settings, protocol: Protocol, seconds: number): string {
  const key = `${family} saddr . ct original ${family} daddr . ct original proto-dst`
  const target = `${family} daddr . ${protocol} dport`
  return `meta l4proto ${protocol} update @${protocol}-affinity { ${key} timeout ${seconds}s : ${target} }`
}

/** Takes the table away; no error where there is none. */
export const uninstall = ({ family, table }: Pick<Settings, 'family' | 'table'>): string =>
  `add table ${family} ${table}\ndelete table ${family} ${table}\n`

/** Puts the whole table in place of what was there, in one transaction. */
export function install(next: Table, settings: Settings): string {
  const { family, table } = settings
  return [
    uninstall(settings),
    `table ${family} ${table} {\n${skeleton(settings)}}\n`,
    ...change(undefined, next, settings),
  ].join('')
}

/** How many elements one command carries; nft's parser slows down on very long lines. */
const elementsPerCommand = 500

/**
 * Turns one state of the table into another: the scripts of transactions, one after the other; none where they do not
 * differ.
 */
export function change(old: Table | undefined, next: Table, settings: Settings): readonly string[] {
  const at = `${settings.family} ${settings.table}`
  const chains: string[] = []
  const lines: string[] = []
  const command = (verb: 'add' | 'delete', set: SetName, items: readonly string[]) => {
    for (let from = 0; from < items.length; from += elementsPerCommand)
      lines.push(`${verb} element ${at} ${set} { ${items.slice(from, from + elementsPerCommand).join(', ')} }\n`)
  }
  for (const [name, rules] of next.chains) {
    if (old?.chains.has(name)) continue
    chains.push(`add chain ${at} ${name}\n`, ...rules.map((rule) => `add rule ${at} ${name} ${rule}\n`))
  }
  for (const set of setNames) {
    const before = old?.elements[set]
    const after = next.elements[set]
    const differs = (from: ReadonlyMap<string, string> | undefined) => (value: string, key: string) =>
      from?.get(key) !== value
    const pairs = (elements: ReadonlyMap<string, string>, keep: (value: string, key: string) => boolean) =>
      [...elements].filter(([key, value]) => keep(value, key))
    command('delete', set, before ? pairs(before, differs(after)).map(([key]) => key) : [])
    command(
      'add',
      set,
      pairs(after, differs(before)).map(([key, value]) => (value === '' ? key : `${key} : ${value}`)),
    )
  }
  for (const name of old?.chains.keys() ?? []) if (!next.chains.has(name)) lines.push(`delete chain ${at} ${name}\n`)
  return [chains.join(''), lines.join('')].filter((script) => script !== '')
}

export interface LostTarget {
  /** `address . protocol . port`, or `protocol . port` of any address of the node. */
  readonly frontend: string
  readonly target: string
  readonly protocol: Protocol
  readonly sticky: boolean
}

/** Targets that connections may still be bound to, though the frontend has them no more. */
export function lostTargets(old: Table, next: Table): readonly LostTarget[] {
  const lost: LostTarget[] = []
  for (const [frontend, { protocol, keys, sticky }] of old.targets) {
    const kept = next.targets.get(frontend)?.keys
    for (const target of keys) if (!kept?.has(target)) lost.push({ frontend, target, protocol, sticky })
  }
  return lost
}

export const affinityMap = (protocol: Protocol): string => `${protocol}-affinity`

const affinityElement = /(\S+) \. (\S+) \. (\d+)(?: timeout \S+)?(?: expires \S+)? : (\S+) \. (\d+)/g

/** Takes out of an affinity map, as `nft list map` shows it, what leads to a target that its frontend lost. */
export function forgetAffinity(listing: string, protocol: Protocol, next: Table, settings: Settings): string {
  const at = `${settings.family} ${settings.table} ${affinityMap(protocol)}`
  const stale = [...listing.matchAll(affinityElement)].filter(([, , address, port, to, toPort]) => {
    const frontend = next.targets.get(`${address} . ${protocol} . ${port}`) ?? next.targets.get(`${protocol} . ${port}`)
    return !frontend?.sticky || !frontend.keys.has(`${to} . ${toPort}`)
  })
  return stale
    .map(([, client, address, port]) => `delete element ${at} { ${client} . ${address} . ${port} }\n`)
    .join('')
}
