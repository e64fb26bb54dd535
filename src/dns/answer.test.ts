import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addressOfReverse, answer, type NamedEndpoint, type NamedService, type Names } from './answer.ts'

const zone = 'cluster.local'

const endpoint = (host: string, address: string, port = 9376): NamedEndpoint => ({
  host,
  address,
  ports: [{ name: 'https', protocol: 'tcp', port }],
})

const services: Record<string, NamedService> = {
  'default/web': {
    addresses: ['10.3.0.100'],
    headless: false,
    ports: [
      { name: 'https', protocol: 'tcp', port: 443 },
      { name: 'dns', protocol: 'udp', port: 53 },
    ],
    endpoints: [endpoint('10-4-0-9', '10.4.0.9')],
  },
  'default/dual': { addresses: ['10.3.0.101', 'fd00::101'], headless: false, ports: [], endpoints: [] },
  'default/headless': {
    addresses: [],
    headless: true,
    ports: [{ name: 'https', protocol: 'tcp', port: 443 }],
    endpoints: [endpoint('my-pet', '10.3.0.100'), endpoint('10-3-0-101', '10.3.0.101'), endpoint('six', 'fd00::6')],
  },
  'default/empty': { addresses: [], headless: true, ports: [], endpoints: [] },
  'default/alias': {
    addresses: [],
    headless: false,
    externalName: 'www.example.org',
    ports: [],
    endpoints: [],
  },
}

const names: Names = {
  service: (namespace, name) => services[`${namespace}/${name}`],
  hasNamespace: (namespace) => namespace === 'default' || namespace === 'bare',
  namesOf: (address) => ({ '10.3.0.100': ['web.default.svc'], 'fd00::101': ['dual.default.svc'] })[address] ?? [],
}

/** `NOERROR A 10.3.0.100` and so on; `+` stands before additional records. */
const said = (name: string, type: string): string => {
  const found = answer({ name, type }, names, zone)
  if (found === undefined) return 'not ours'
  const text = (record: { type: string; data: unknown }) => {
    const data = record.data as { port?: number; target?: string }
    return `${record.type} ${record.type === 'SRV' ? `${data.port} ${data.target}` : record.type === 'SOA' ? '' : data}`.trim()
  }
  const parts = [...found.answers.map(text), ...found.additionals.map((record) => `+${text(record)}`)]
  if (found.authorities.length > 0) parts.push(found.authorities.map((record) => `authority ${record.type}`).join())
  return [found.rcode, ...parts].join(' | ')
}

const noData = 'NOERROR | authority SOA'
const noName = 'NXDOMAIN | authority SOA'

describe('answer()', () => {
  const cases: readonly [name: string, type: string, expected: string][] = [
    // The version of the specification.
    ['dns-version.cluster.local', 'TXT', 'NOERROR | TXT 1.1.0'],
    ['dns-version.cluster.local', 'A', noData],
    // Services with a cluster address.
    ['web.default.svc.cluster.local', 'A', 'NOERROR | A 10.3.0.100'],
    ['WEB.Default.SVC.Cluster.Local', 'A', 'NOERROR | A 10.3.0.100'],
    ['web.default.svc.cluster.local.', 'A', 'NOERROR | A 10.3.0.100'],
    ['web.default.svc.cluster.local', 'AAAA', noData],
    ['web.default.svc.cluster.local', 'MX', noData],
    ['dual.default.svc.cluster.local', 'A', 'NOERROR | A 10.3.0.101'],
    ['dual.default.svc.cluster.local', 'AAAA', 'NOERROR | AAAA fd00::101'],
    [
      '_https._tcp.web.default.svc.cluster.local',
      'SRV',
      'NOERROR | SRV 443 web.default.svc.cluster.local | +A 10.3.0.100',
    ],
    [
      '_dns._udp.web.default.svc.cluster.local',
      'SRV',
      'NOERROR | SRV 53 web.default.svc.cluster.local | +A 10.3.0.100',
    ],
    ['_dns._tcp.web.default.svc.cluster.local', 'SRV', noName],
    ['_other._tcp.web.default.svc.cluster.local', 'SRV', noName],
    ['_https._tcp.web.default.svc.cluster.local', 'A', noData],
    ['_tcp.web.default.svc.cluster.local', 'SRV', noData],
    ['10-4-0-9.web.default.svc.cluster.local', 'A', 'NOERROR | A 10.4.0.9'],
    ['100.0.3.10.in-addr.arpa', 'PTR', 'NOERROR | PTR web.default.svc.cluster.local'],
    ['100.0.3.10.in-addr.arpa', 'A', noData],
    [
      '1.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa',
      'PTR',
      'NOERROR | PTR dual.default.svc.cluster.local',
    ],
    ['9.0.3.10.in-addr.arpa', 'PTR', 'not ours'],
    // Headless services.
    ['headless.default.svc.cluster.local', 'A', 'NOERROR | A 10.3.0.100 | A 10.3.0.101'],
    ['headless.default.svc.cluster.local', 'AAAA', 'NOERROR | AAAA fd00::6'],
    ['my-pet.headless.default.svc.cluster.local', 'A', 'NOERROR | A 10.3.0.100'],
    ['my-pet.headless.default.svc.cluster.local', 'AAAA', noData],
    ['10-3-0-101.headless.default.svc.cluster.local', 'A', 'NOERROR | A 10.3.0.101'],
    ['other.headless.default.svc.cluster.local', 'A', noName],
    ['a.my-pet.headless.default.svc.cluster.local', 'A', noName],
    [
      '_https._tcp.headless.default.svc.cluster.local',
      'SRV',
      'NOERROR | SRV 9376 my-pet.headless.default.svc.cluster.local | ' +
        'SRV 9376 10-3-0-101.headless.default.svc.cluster.local | SRV 9376 six.headless.default.svc.cluster.local | ' +
        '+A 10.3.0.100 | +A 10.3.0.101 | +AAAA fd00::6',
    ],
    ['empty.default.svc.cluster.local', 'A', noName],
    // Aliases.
    ['alias.default.svc.cluster.local', 'CNAME', 'NOERROR | CNAME www.example.org'],
    ['alias.default.svc.cluster.local', 'A', 'NOERROR | CNAME www.example.org'],
    ['x.alias.default.svc.cluster.local', 'A', noName],
    // Pods.
    ['10-4-0-9.default.pod.cluster.local', 'A', 'NOERROR | A 10.4.0.9'],
    ['10-4-0-9.bare.pod.cluster.local', 'A', 'NOERROR | A 10.4.0.9'],
    ['10-4-0-9.default.pod.cluster.local', 'AAAA', noData],
    ['fd00--9.default.pod.cluster.local', 'AAAA', 'NOERROR | AAAA fd00::9'],
    ['10-4-0-9.nowhere.pod.cluster.local', 'A', noName],
    ['10-4-0-999.default.pod.cluster.local', 'A', noName],
    ['x.10-4-0-9.default.pod.cluster.local', 'A', noName],
    // What is between.
    ['cluster.local', 'SOA', 'NOERROR | SOA'],
    ['cluster.local', 'NS', 'NOERROR | NS ns.dns.cluster.local'],
    ['cluster.local', 'A', noData],
    ['svc.cluster.local', 'A', noData],
    ['pod.cluster.local', 'A', noData],
    ['default.svc.cluster.local', 'A', noData],
    ['default.pod.cluster.local', 'A', noData],
    ['nowhere.svc.cluster.local', 'A', noName],
    ['nothing.default.svc.cluster.local', 'A', noName],
    ['web.nowhere.svc.cluster.local', 'A', noName],
    ['www.example.org.default.svc.cluster.local', 'A', noName],
    ['x.cluster.local', 'A', noName],
    ['cluster.local.', 'SOA', 'NOERROR | SOA'],
    // What is somebody else's.
    ['www.example.org', 'A', 'not ours'],
    ['xcluster.local', 'A', 'not ours'],
    ['local', 'A', 'not ours'],
    ['', 'NS', 'not ours'],
  ]
  for (const [name, type, expected] of cases)
    test(`says "${expected}" to ${type} ${name}`, () => assert.equal(said(name, type), expected))

  test('keeps the spelling of the question', () => {
    assert.equal(
      answer({ name: 'Web.default.svc.cluster.LOCAL', type: 'A' }, names, zone)!.answers[0]!.name,
      'Web.default.svc.cluster.LOCAL',
    )
  })

  test('names the target of an alias for who asks for addresses, but not for who asks for the alias', () => {
    assert.equal(answer({ name: 'alias.default.svc.cluster.local', type: 'A' }, names, zone)!.alias, 'www.example.org')
    assert.equal(answer({ name: 'alias.default.svc.cluster.local', type: 'CNAME' }, names, zone)!.alias, undefined)
  })
})

test('addressOfReverse() reads both families and nothing else', () => {
  assert.equal(addressOfReverse('1.2.0.192.in-addr.arpa'), '192.0.2.1')
  assert.equal(addressOfReverse('2.0.192.in-addr.arpa'), undefined)
  assert.equal(addressOfReverse('300.2.0.192.in-addr.arpa'), undefined)
  assert.equal(addressOfReverse('1.0.0.0.ip6.arpa'), undefined)
  assert.equal(addressOfReverse('x.ip6.arpa'), undefined)
  const zeros = '0.'.repeat(23)
  assert.equal(addressOfReverse(`1.${zeros}8.b.d.0.1.0.0.2.ip6.arpa`), '2001:db8::1')
})
