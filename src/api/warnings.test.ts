import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'

import { Endpoints } from './core/endpoints.ts'
import { Node } from './core/node.ts'
import { Secret } from './core/secret.ts'
import { Service } from './core/service.ts'
import { ServiceAccount } from './core/service-account.ts'
import { EndpointSlice } from './discovery/endpoint-slice.ts'
import type { AnyKind } from './kind.ts'
import { NetworkPolicy } from './networking/network-policy.ts'
import { RuntimeClass } from './node/runtime-class.ts'
import { CSIStorageCapacity } from './storage/csi-storage-capacity.ts'
import { StorageClass } from './storage/storage-class.ts'
import { made } from './testing.ts'

const ports = [{ port: 80 }]
const service = (spec: object) => ({ spec: { ports, ...spec } })
const oldZone = 'failure-domain.beta.kubernetes.io/zone'
const useZone = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const tls = (certificate: string, key: string) => ({
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
})
const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

const cases: readonly [kind: AnyKind, sent: object, warnings: readonly string[]][] = [
  [Service, service({}), []],
  [
    Service,
    {
      ...service({}),
      metadata: { name: 'a', annotations: { 'service.kubernetes.io/topology-aware-hints': 'auto' } },
    },
    [
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ],
  ],
  [
    Service,
    service({
      clusterIP: 'None',
      loadBalancerIP: '10.0.0.1',
      externalIPs: ['10.0.0.1'],
      sessionAffinity: 'ClientIP',
    }),
    [
      'spec.loadBalancerIP is ignored for headless services',
      'spec.externalIPs is ignored for headless services',
      'spec.SessionAffinity is ignored for headless services',
    ],
  ],
  [
    Service,
    service({ externalIPs: ['2001:DB8::1'], externalName: 'a.b', trafficDistribution: 'PreferClose' }),
    [
      'spec.externalIPs[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
      'spec.externalName is ignored when spec.type is not "ExternalName"',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  ],
  [
    Service,
    service({ type: 'ExternalName', externalName: 'a.b', externalIPs: ['10.0.0.1'] }),
    ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
  ],
  [
    Service,
    service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.1/8'] }),
    [
      'spec.loadBalancerSourceRanges[0]: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
    ],
  ],
  [
    Endpoints,
    { subsets: [{ addresses: [{ ip: '::ffff:10.0.0.1' }] }] },
    [
      'subsets[0].addresses[0].ip: non-standard IP address "::ffff:10.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
    ],
  ],
  [
    EndpointSlice,
    { addressType: 'FQDN', endpoints: [{ addresses: ['a.b'] }] },
    ['spec.addressType: FQDN endpoints are deprecated'],
  ],
  [
    EndpointSlice,
    { addressType: 'IPv6', endpoints: [{ addresses: ['2001:db8:0::1'] }] },
    ['endpoints[0].addresses[0]: IPv6 address "2001:db8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")'],
  ],
  [
    NetworkPolicy,
    { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '2001:DB8::/32' } }] }] } },
    [
      'spec.ingress[0].from[0].ipBlock.cidr: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")',
    ],
  ],
  [
    Node,
    { spec: { externalID: 'x', configSource: {} } },
    [
      'spec.configSource: the feature is removed',
      'spec.externalID: this field is deprecated, and is unused by Kubernetes',
    ],
  ],
  [
    StorageClass,
    { provisioner: 'a/b', allowedTopologies: [{ matchLabelExpressions: [{ key: oldZone, values: ['a'] }] }] },
    [`allowedTopologies[0].matchLabelExpressions[0].key: ${useZone}`],
  ],
  [
    CSIStorageCapacity,
    {
      storageClassName: 'a',
      nodeTopology: { matchLabels: { [oldZone]: 'a' }, matchExpressions: [{ key: oldZone, operator: 'Exists' }] },
    },
    [
      `nodeTopology.matchExpressions[0].key: ${oldZone} is ${useZone}`,
      `nodeTopology.matchLabels.${oldZone}: ${useZone}`,
    ],
  ],
  [
    RuntimeClass,
    { handler: 'a', scheduling: { nodeSelector: { [oldZone]: 'a' } } },
    [`scheduling.nodeSelector: ${useZone}`],
  ],
  [
    ServiceAccount,
    { metadata: { name: 'a', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
    [
      'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
    ],
  ],
  [Secret, { type: 'Opaque', data: { 'tls.crt': '' } }, []],
  [Secret, tls('', ''), ['tls: failed to find any PEM data in certificate input']],
  [
    Secret,
    tls(key, key),
    [
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
  ],
  [Secret, tls(broken, ''), ['tls: failed to find any PEM data in key input']],
  [Secret, tls(broken, broken), ['tls: found a certificate rather than a key in the PEM for the private key']],
]

test('what is hardly meant is told', () => {
  for (const [kind, sent, warnings] of cases) {
    const object = made(kind, { metadata: { name: 'a' }, ...sent })
    assert.deepEqual(kind.strategy.warnings?.(object), warnings, `${kind.kind} ${JSON.stringify(sent)}`)
  }
})
