import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { Endpoint } from '#api/discovery/endpoint-slice-types.ts'
import {
  type Frontend,
  hostPortRules,
  isProxied,
  keepPlaces,
  noRules,
  type Place,
  serviceOfSlice,
  serviceRules,
  widest,
} from './rules.ts'

const place: Place = { nodeName: 'n1', zone: 'a', family: 'ip' }

const service = (spec: Partial<Service['spec']>, labels: Record<string, string> = {}, status = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', labels },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.1',
    clusterIPs: ['10.96.0.1'],
    ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    ...spec,
  },
  status: { loadBalancer: {}, ...status },
})

type Conditions = Endpoint['conditions']
const endpoint = (address: string, nodeName = 'n1', conditions: Conditions = { ready: true }): Endpoint => ({
  addresses: [address],
  nodeName,
  conditions,
})
const terminating: Conditions = { ready: false, serving: true, terminating: true }
const unready: Conditions = { ready: false, serving: false, terminating: false }

const slice = (endpoints: Endpoint[], port: object = {}, addressType = 'IPv4'): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType,
  endpoints,
  ports: [{ name: '', protocol: 'TCP', port: 8080, ...port }],
})

/** A frontend in short: `10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080`. */
const short = (frontend: Frontend): string => {
  const { address, port, from, masquerade, targets, whenEmpty } = frontend
  const to = targets.length === 0 ? whenEmpty : targets.map((target) => `${target.address}:${target.port}`).join(',')
  return `${address}:${port} ${from} ${masquerade} -> ${to}`
}

const rules = (spec: Partial<Service['spec']>, endpoints: Endpoint[], at: Partial<Place> = {}, status = {}) =>
  serviceRules(service(spec, {}, status), [slice(endpoints)], { ...place, ...at }).frontends.map(short)

const near = endpoint('10.0.0.1', 'n1')
const far = endpoint('10.0.0.2', 'n2')

describe('serviceRules()', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    [
      'sends to all ready endpoints',
      rules({}, [near, far]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080,10.0.0.2:8080'],
    ],
    [
      'leaves out endpoints that are not ready',
      rules({}, [near, endpoint('10.0.0.3', 'n1', unready)]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080'],
    ],
    [
      'takes an endpoint without conditions as ready',
      rules({}, [endpoint('10.0.0.1', 'n1', {})]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080'],
    ],
    [
      'leaves out terminating endpoints while there are ready ones',
      rules({}, [near, endpoint('10.0.0.3', 'n1', terminating)]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080'],
    ],
    [
      'falls back to endpoints that serve while they terminate',
      rules({}, [endpoint('10.0.0.3', 'n1', terminating), endpoint('10.0.0.4', 'n1', unready)]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.3:8080'],
    ],
    ['rejects where there is no endpoint', rules({}, []), ['10.96.0.1:80 anywhere non-pods -> reject']],
    [
      'keeps internal traffic on the node when asked',
      rules({ internalTrafficPolicy: 'Local' }, [near, far]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080'],
    ],
    [
      'drops internal traffic that may not leave the node when the endpoints are elsewhere',
      rules({ internalTrafficPolicy: 'Local' }, [far]),
      ['10.96.0.1:80 anywhere non-pods -> drop'],
    ],
    [
      'opens a node port and masquerades it',
      rules({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] }, [near]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080', 'node:30080 anywhere always -> 10.0.0.1:8080'],
    ],
    [
      'keeps external traffic and its source on the node when asked, but not that of pods',
      rules(
        {
          type: 'NodePort',
          externalTrafficPolicy: 'Local',
          ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }],
        },
        [near, far],
      ),
      [
        '10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080,10.0.0.2:8080',
        'node:30080 outside never -> 10.0.0.1:8080',
        'node:30080 anywhere non-pods -> 10.0.0.1:8080,10.0.0.2:8080',
      ],
    ],
    [
      'takes external addresses',
      rules({ externalIPs: ['198.51.100.1', '2001:db8::1'] }, [near]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080', '198.51.100.1:80 anywhere always -> 10.0.0.1:8080'],
    ],
    [
      'takes the addresses of a load balancer, except in mode Proxy',
      rules(
        { type: 'LoadBalancer' },
        [near],
        {},
        {
          loadBalancer: {
            ingress: [
              { ip: '203.0.113.1', ipMode: 'VIP' },
              { ip: '203.0.113.2', ipMode: 'Proxy' },
            ],
          },
        },
      ),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080', '203.0.113.1:80 anywhere always -> 10.0.0.1:8080'],
    ],
    ['leaves an address alone when told so', rules({}, [near], { leaveAlone: ['10.96.0.1'] }), []],
    ['has no rules of another family', rules({}, [near], { family: 'ip6' }), []],
    [
      'follows hints for this node, then for its zone',
      rules({}, [
        { ...near, hints: { forNodes: [{ name: 'n2' }], forZones: [{ name: 'b' }] } },
        { ...far, hints: { forNodes: [{ name: 'n3' }], forZones: [{ name: 'a' }] } },
      ]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.2:8080'],
    ],
    [
      'ignores hints unless every ready endpoint has them',
      rules({}, [near, { ...far, hints: { forZones: [{ name: 'a' }] } }]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080,10.0.0.2:8080'],
    ],
    [
      'ignores hints when none is for here',
      rules({}, [{ ...far, hints: { forZones: [{ name: 'b' }] } }]),
      ['10.96.0.1:80 anywhere non-pods -> 10.0.0.2:8080'],
    ],
  ]
  for (const [name, actual, expected] of cases) test(name, () => assert.deepEqual(actual, expected))

  test('merges slices, and takes each endpoint once', () => {
    const slices = [slice([near]), slice([near, far]), slice([endpoint('10.0.0.9')], { port: 9000 })]
    assert.deepEqual(serviceRules(service({}), slices, place).frontends.map(short), [
      '10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080,10.0.0.2:8080,10.0.0.9:9000',
    ])
  })

  test('matches ports by name and protocol', () => {
    const ports = [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ] as const
    const slices = [
      slice([near], { name: 'http' }),
      slice([near], { name: 'dns', protocol: 'UDP', port: 5353 }),
      slice([far], { name: 'dns', protocol: 'TCP', port: 5353 }),
      slice([far], { name: 'other' }),
    ]
    assert.deepEqual(serviceRules(service({ ports: [...ports] }), slices, place).frontends.map(short), [
      '10.96.0.1:80 anywhere non-pods -> 10.0.0.1:8080',
      '10.96.0.1:53 anywhere non-pods -> 10.0.0.1:5353',
    ])
  })

  test('carries the time of client affinity, three hours unless given', () => {
    const seconds = (spec: Partial<Service['spec']>) =>
      serviceRules(service(spec), [slice([near])], place).frontends[0]!.affinitySeconds
    assert.equal(seconds({}), undefined)
    assert.equal(seconds({ sessionAffinity: 'ClientIP' }), 10800)
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 60 } }
    assert.equal(seconds({ sessionAffinity: 'ClientIP', sessionAffinityConfig }), 60)
  })

  test('guards a load balancer with its source ranges', () => {
    const balanced = service(
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8', ' 10.1.0.0/16', 'fd00::/8'] },
      {},
      { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } },
    )
    assert.deepEqual(serviceRules(balanced, [], place).firewalls, [
      { address: '203.0.113.1', protocol: 'tcp', port: 80, ranges: ['10.0.0.0/8'] },
    ])
  })

  test('names the endpoints of this node, which may reach themselves', () => {
    assert.deepEqual(serviceRules(service({}), [slice([near, far])], place).localAddresses, ['10.0.0.1'])
  })
})

describe('isProxied()', () => {
  const cases: readonly [string, Service, boolean][] = [
    ['a service with a cluster address', service({}), true],
    ['a headless service', service({ clusterIP: 'None', clusterIPs: ['None'] }), false],
    ['a service that only names another host', service({ type: 'ExternalName', externalName: 'example.org' }), false],
    ['a service of another proxy', service({}, { 'service.kubernetes.io/service-proxy-name': 'other' }), false],
    ['a service with the headless label', service({}, { 'service.kubernetes.io/headless': '' }), false],
    ['a service without an address yet', service({ clusterIP: '', clusterIPs: [] }), false],
  ]
  for (const [name, input, expected] of cases)
    test(`is ${expected} for ${name}`, () => assert.equal(isProxied(input), expected))
})

test('serviceOfSlice() reads the label', () => {
  assert.equal(serviceOfSlice(slice([])), 'default/web')
  assert.equal(serviceOfSlice({ ...slice([]), metadata: { name: 'x', namespace: 'default' } }), undefined)
})

describe('hostPortRules()', () => {
  const pod = (status: object, spec: object = {}): Pod =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            ports: [
              { containerPort: 80, hostPort: 8080 },
              { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '192.168.77.1' },
              { containerPort: 9000 },
            ],
          },
        ],
        ...spec,
      },
      status,
    }) as unknown as Pod

  test('sends the host port to the pod and keeps the source', () => {
    assert.deepEqual(hostPortRules(pod({ podIP: '10.0.0.1', phase: 'Running' }), 'ip').frontends.map(short), [
      'node:8080 anywhere never -> 10.0.0.1:80',
      '192.168.77.1:53 anywhere never -> 10.0.0.1:53',
    ])
  })
  test('has no rules for a pod that is over, has no address, or uses the network of the node', () => {
    assert.equal(hostPortRules(pod({ podIP: '10.0.0.1', phase: 'Succeeded' }), 'ip'), noRules)
    assert.equal(hostPortRules(pod({ phase: 'Pending' }), 'ip'), noRules)
    assert.equal(hostPortRules(pod({ podIP: '10.0.0.1' }, { hostNetwork: true }), 'ip'), noRules)
  })
})

describe('keepPlaces()', () => {
  const of = (names: string) => [...names].map((address) => ({ address, port: 1 }))
  const text = (targets: readonly { address: string }[]) => targets.map(({ address }) => address).join('')
  const cases: readonly [before: string, wanted: string, result: string][] = [
    ['', 'abc', 'abc'],
    ['abc', 'abcd', 'abcd'],
    ['abc', 'bc', 'cb'],
    ['abc', 'ab', 'ab'],
    ['abc', 'adc', 'adc'],
    ['abc', 'xyz', 'xyz'],
    ['abcd', 'd', 'd'],
    ['abc', '', ''],
  ]
  for (const [before, wanted, result] of cases)
    test(`turns "${before}" into "${wanted}" as "${result}"`, () =>
      assert.equal(text(keepPlaces(of(before), of(wanted))), result))
})

test('widest() leaves out ranges inside others, of another family, and what is no range', () => {
  assert.deepEqual(widest(['10.1.0.0/16', '10.0.0.0/8', 'fd00::/8', '10.0.0.0/8', 'x', '1.2.3.4/99'], 'ip'), [
    '10.0.0.0/8',
  ])
  assert.deepEqual(widest(['192.0.2.1'], 'ip'), ['192.0.2.1/32'])
})
