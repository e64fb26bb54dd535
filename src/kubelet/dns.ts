// A pod's resolv.conf from its dnsPolicy and dnsConfig, the cluster's DNS and the node's own resolv.conf.
// Pure; bounds are the kernel's and upstream's: 3 servers, 32 search paths, 2048 characters of them.

import type { Pod } from '#api/core/pod.ts'

export interface ResolvConf {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

export interface ClusterDns {
  readonly servers: readonly string[]
  /** As in `cluster.local`. */
  readonly domain: string
}

const mostServers = 3
const mostSearches = 32
const mostSearchCharacters = 2048

export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = []
  let searches: string[] = []
  let options: string[] = []
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/)
    if (word === 'nameserver' && rest[0]) servers.push(rest[0])
    else if (word === 'search') searches = rest.filter((domain) => domain !== '.').map((d) => d.replace(/\.$/, ''))
    else if (word === 'options') options = rest
  }
  return { servers, searches, options }
}

export const formatResolvConf = ({ servers, searches, options }: ResolvConf): string =>
  [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}\n`] : []),
    ...servers.map((server) => `nameserver ${server}\n`),
    ...(options.length > 0 ? [`options ${options.join(' ')}\n`] : []),
  ].join('')

export function podDns(pod: Pod, cluster: ClusterDns, host: ResolvConf): ResolvConf {
  const { dnsConfig } = pod.spec
  const base = policyDns(pod, cluster, host)
  if (!dnsConfig) return bounded(base)
  return bounded({
    servers: [...new Set([...base.servers, ...(dnsConfig.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(dnsConfig.searches ?? [])])],
    options: mergeOptions(base.options, dnsConfig.options ?? []),
  })
}

function policyDns(pod: Pod, cluster: ClusterDns, host: ResolvConf): ResolvConf {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = pod.spec
  if (dnsPolicy === 'None') return { servers: [], searches: [], options: [] }
  const isCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  // Without a DNS of the cluster, upstream falls back to the node's.
  if (!isCluster || cluster.servers.length === 0) return host
  const { domain } = cluster
  const own = domain === '' ? [] : [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain]
  return {
    servers: cluster.servers,
    searches: [...new Set([...own, ...host.searches])],
    options: ['ndots:5'],
  }
}

type Option = { readonly name?: string | undefined; readonly value?: string | undefined }

/** The pod's own word on an option replaces what stood there. */
function mergeOptions(base: readonly string[], own: readonly Option[]): string[] {
  const byName = new Map(base.map((text) => [text.split(':')[0]!, text]))
  for (const { name = '', value } of own) byName.set(name, value === undefined ? name : `${name}:${value}`)
  return [...byName.values()]
}

function bounded({ servers, searches, options }: ResolvConf): ResolvConf {
  const kept: string[] = []
  let characters = 0
  for (const domain of searches.slice(0, mostSearches)) {
    characters += domain.length + (kept.length > 0 ? 1 : 0)
    if (characters > mostSearchCharacters) break
    kept.push(domain)
  }
  return { servers: servers.slice(0, mostServers), searches: kept, options }
}
