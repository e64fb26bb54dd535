// The objects that every cluster has from its first second: the namespaces, the way to the API server from inside
// (`kubernetes` in default), the name service's address, and the priorities of the system's own pods. Made where they
// are missing, mended where they differ.

import { ConfigMap } from '#api/core/config-map.ts'
import { Endpoints } from '#api/core/endpoints.ts'
import { Namespace } from '#api/core/namespace.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { AnyKind } from '#api/kind.ts'
import { ServiceCIDR } from '#api/networking/service-cidr.ts'
import { PriorityClass } from '#api/scheduling/priority-class.ts'
import { isAlreadyExists } from '#api/status-error.ts'
import type { Client, Draft } from '#client/client.ts'
import { defaultFrontProxy } from '#server/authn/front-proxy.ts'

export interface BootstrapOptions {
  /** Where the nodes reach the server; undefined: it listens on this machine's loopback only. */
  readonly address: string | undefined
  readonly port: number
  readonly serviceIp: string
  readonly serviceCidr: string
  readonly dnsIp: string
  readonly nowText: string
  /** How the server is reached, and by whom it is certified. */
  readonly url: string
  readonly servingAuthorityPem: string
  /** By whom clients, and proxies who speak for others, are certified: servers of other API groups need to know. */
  readonly clientAuthorityPem: string
  readonly frontProxyAuthorityPem: string
}

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const priorityClasses = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]

async function ensure<K extends AnyKind>(client: Client, kind: K, object: Draft<K>): Promise<void> {
  try {
    await client.create(kind, object)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}

/** Creates the object, or makes it say this again when the server has moved. */
async function enforce<K extends AnyKind>(client: Client, kind: K, object: Draft<K>, patch: object): Promise<void> {
  const { namespace, name = '' } = (object as { metadata: { namespace?: string; name?: string } }).metadata
  try {
    await client.create(kind, object)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    await client.patch(kind, { namespace, name }, patch, { type: 'merge' })
  }
}

export async function bootstrap(client: Client, options: BootstrapOptions): Promise<void> {
  const { address, port, serviceIp, dnsIp } = options
  for (const name of namespaces) await ensure(client, Namespace, { metadata: { name } })
  for (const { name, ...rest } of priorityClasses) await ensure(client, PriorityClass, { metadata: { name }, ...rest })
  const metadata = { namespace: 'default', name: 'kubernetes' }
  const labels = { component: 'apiserver', provider: 'kubernetes' }
  await ensure(client, Service, {
    metadata: { ...metadata, labels },
    spec: {
      type: 'ClusterIP',
      clusterIP: serviceIp,
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  })
  await publishRange(client, options)
  if (address !== undefined) await publishServer(client, address, port)
  await publishAuthorities(client, options)
  await startTracking(client, options.nowText)
  await publishClusterInfo(client, options)
  await ensure(client, Service, {
    metadata: {
      namespace: 'kube-system',
      name: 'kube-dns',
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: dnsIp,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
  })
}

/** From which range services get their addresses; it does not change while there are services. */
async function publishRange(client: Client, { serviceCidr, nowText }: BootstrapOptions): Promise<void> {
  const name = 'kubernetes'
  await ensure(client, ServiceCIDR, { metadata: { name }, spec: { cidrs: [serviceCidr] } })
  const { status } = await client.get(ServiceCIDR, { name })
  if (status?.conditions?.some(({ type }) => type === 'Ready')) return
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: nowText,
  }
  await client.patch(
    ServiceCIDR,
    { name },
    { status: { conditions: [ready] } },
    { type: 'merge', subresource: 'status' },
  )
}

/** The endpoints behind the `kubernetes` service. */
async function publishServer(client: Client, address: string, port: number): Promise<void> {
  const metadata = { namespace: 'default', name: 'kubernetes' }
  const subsets = [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' as const }] }]
  const mirrored = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
  await enforce(client, Endpoints, { metadata: { ...metadata, labels: mirrored }, subsets }, { subsets })
  const slice = {
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' as const }],
  }
  const sliceLabels = { 'kubernetes.io/service-name': 'kubernetes' }
  await enforce(
    client,
    EndpointSlice,
    { metadata: { ...metadata, labels: sliceLabels }, addressType: 'IPv4', ...slice },
    slice,
  )
}

/** Where servers of other API groups look, as upstream's library for them does. */
async function publishAuthorities(client: Client, options: BootstrapOptions): Promise<void> {
  const { clientAuthorityPem, frontProxyAuthorityPem } = options
  const { allowedNames } = defaultFrontProxy
  const data = {
    'client-ca-file': clientAuthorityPem,
    'requestheader-client-ca-file': frontProxyAuthorityPem,
    'requestheader-allowed-names': JSON.stringify(allowedNames),
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-uid-headers': '["X-Remote-Uid"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  }
  const metadata = { namespace: 'kube-system', name: 'extension-apiserver-authentication' }
  await enforce(client, ConfigMap, { metadata, data }, { data })
}

/** Since when the use of lasting tokens is noted: what has no note since then has not been used. */
async function startTracking(client: Client, nowText: string): Promise<void> {
  const metadata = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' }
  await ensure(client, ConfigMap, { metadata, data: { since: nowText.slice(0, 10) } })
}

/** What a new node may be told of the cluster; the bootstrap-signer signs it. */
async function publishClusterInfo(client: Client, { url, servingAuthorityPem }: BootstrapOptions): Promise<void> {
  const authority = Buffer.from(servingAuthorityPem).toString('base64')
  const cluster = { 'certificate-authority-data': authority, server: url }
  const kubeconfig = `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: '', cluster }],
    contexts: null,
    'current-context': '',
    preferences: {},
    users: null,
  })}\n`
  const metadata = { namespace: 'kube-public', name: 'cluster-info' }
  await enforce(client, ConfigMap, { metadata, data: { kubeconfig } }, { data: { kubeconfig } })
}
