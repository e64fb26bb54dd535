import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatResolvConf, parseResolvConf, podDns } from './dns.ts'
import { hostNetworkHostsFile, hostsFile, kernelHostname } from './etc-hosts.ts'
import { podOf } from './fixtures.ts'

const cluster = { servers: ['10.96.0.10'], domain: 'cluster.local' }
const host = { servers: ['1.1.1.1', '8.8.8.8'], searches: ['corp.example'], options: ['timeout:1'] }

test('podDns() follows the policy', () => {
  const ours = {
    servers: ['10.96.0.10'],
    searches: ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.example'],
    options: ['ndots:5'],
  }
  const nothing = { servers: [], searches: [], options: [] }
  const cases: [Parameters<typeof podOf>[0], object][] = [
    [{}, ours],
    [{ spec: { dnsPolicy: 'ClusterFirst', hostNetwork: true } }, host],
    [{ spec: { dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true } }, ours],
    [{ spec: { dnsPolicy: 'Default' } }, host],
    [{ spec: { dnsPolicy: 'None' } }, nothing],
    [
      {
        spec: {
          dnsPolicy: 'None',
          dnsConfig: {
            nameservers: ['9.9.9.9'],
            searches: ['a.b'],
            options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
          },
        },
      },
      { servers: ['9.9.9.9'], searches: ['a.b'], options: ['ndots:2', 'edns0'] },
    ],
    [{ spec: { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } } }, { ...ours, options: ['ndots:1'] }],
  ]
  for (const [parts, expected] of cases) assert.deepEqual(podDns(podOf(parts), cluster, host), expected)
  assert.deepEqual(podDns(podOf(), { servers: [], domain: '' }, host), host)
})

test('podDns() stays within what the resolver takes', () => {
  const dnsConfig = {
    nameservers: ['1.0.0.1', '1.0.0.2', '1.0.0.3', '1.0.0.4'],
    searches: Array.from({ length: 40 }, (_, i) => `s${i}.example`),
  }
  const { servers, searches } = podDns(podOf({ spec: { dnsConfig } }), cluster, host)
  assert.equal(servers.length, 3)
  assert.equal(searches.length, 32)
})

test('resolv.conf is read and written', () => {
  const text = '# comment\nnameserver 1.1.1.1\nsearch a.b c.d. .\noptions ndots:2 edns0\n'
  const parsed = parseResolvConf(text)
  assert.deepEqual(parsed, { servers: ['1.1.1.1'], searches: ['a.b', 'c.d'], options: ['ndots:2', 'edns0'] })
  assert.equal(formatResolvConf(parsed), 'search a.b c.d\nnameserver 1.1.1.1\noptions ndots:2 edns0\n')
})

test('the hosts file names the pod and its aliases', () => {
  const pod = podOf({
    spec: { hostname: 'web', subdomain: 'sub', hostAliases: [{ ip: '1.2.3.4', hostnames: ['x', 'y.z'] }] },
  })
  const text = hostsFile(pod, ['10.0.0.5'], 'cluster.local')
  assert.match(text, /^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/)
  assert.match(text, /\n10\.0\.0\.5\tweb\.sub\.ns\.svc\.cluster\.local\tweb\n/)
  assert.match(text, /\n\n# Entries added by HostAliases\.\n1\.2\.3\.4\tx\ty\.z\n$/)
  const onHost = hostNetworkHostsFile(pod, '127.0.0.1 here\n')
  assert.match(onHost, /^# Kubernetes-managed hosts file \(host network\)\.\n127\.0\.0\.1 here\n\n# Entries/)
})

test('kernelHostname() fits into the kernel', () => {
  const cases: [Parameters<typeof podOf>[0], string][] = [
    [{}, 'a'],
    [{ metadata: { name: `${'x'.repeat(62)}-tail` } }, 'x'.repeat(62)],
    [{ spec: { hostname: 'web', subdomain: 'sub' } }, 'web'],
    [{ spec: { hostname: 'web', subdomain: 'sub', setHostnameAsFQDN: true } }, 'web.sub.ns.svc.cluster.local'],
    [{ spec: { hostnameOverride: 'as.i.say' } }, 'as.i.say'],
  ]
  for (const [parts, expected] of cases) assert.equal(kernelHostname(podOf(parts), 'cluster.local'), expected)
})
