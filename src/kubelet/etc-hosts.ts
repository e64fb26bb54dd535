// The pod's name, and the /etc/hosts that goes with it: managed for pods with a network of their own, the
// node's file with the aliases added for the others. Pure; the format is upstream's.

import type { Pod } from '#api/core/pod.ts'

const longestName = 63

/** What `hostname` says in the pod, and its domain where it has a subdomain. */
export function podHostname(pod: Pod, clusterDomain: string): { readonly hostname: string; readonly domain: string } {
  const { hostname, subdomain, hostnameOverride } = pod.spec
  if (hostnameOverride) return { hostname: hostnameOverride, domain: '' }
  // A pod's name may be longer than a host's can be.
  const name = (hostname || (pod.metadata.name ?? '')).slice(0, longestName).replace(/[-.]+$/, '')
  const domain = subdomain ? `${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : ''
  return { hostname: name, domain }
}

/** What the kernel is told: with setHostnameAsFQDN the whole name, which may not be longer than 64 characters. */
export function kernelHostname(pod: Pod, clusterDomain: string): string {
  const { hostname, domain } = podHostname(pod, clusterDomain)
  return pod.spec.setHostnameAsFQDN && domain !== '' ? `${hostname}.${domain}` : hostname
}

export function hostsFile(pod: Pod, podIPs: readonly string[], clusterDomain: string): string {
  const { hostname, domain } = podHostname(pod, clusterDomain)
  const names = domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    ...podIPs.map((ip) => `${ip}\t${names}\n`),
    aliases(pod),
  ].join('')
}

/** For a pod on the node's network. */
export const hostNetworkHostsFile = (pod: Pod, nodeHosts: string): string =>
  `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliases(pod)}`

const aliases = (pod: Pod): string => {
  const { hostAliases = [] } = pod.spec
  if (hostAliases.length === 0) return ''
  const lines = hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
  return `\n# Entries added by HostAliases.\n${lines.join('')}`
}
