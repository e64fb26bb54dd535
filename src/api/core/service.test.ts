import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { Service } from './service.ts'

const service = (spec: object = {}) => ({ spec: { ports: [{ port: 80 }], ...spec } })

const good: readonly (readonly [string, object])[] = [
  ['a port', service()],
  ['no address', service({ clusterIP: 'None', ports: [] })],
  ['two families', service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] })],
  ['another name', { spec: { type: 'ExternalName', externalName: 'example.com.' } }],
  ['ports of the nodes', service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080, targetPort: 'http' }] })],
]
for (const [what, sent] of good) {
  test(`a service with ${what} is good`, () => {
    assert.deepEqual(problems(Service, sent), [])
  })
}

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['no ports', { spec: {} }, ['spec.ports: Required value']],
  [
    'several ports without names',
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
  ],
  [
    'the same port twice',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    }),
    [
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  ],
  [
    'a port out of range',
    service({ ports: [{ port: 0, targetPort: 1 }] }),
    ['spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
  ],
  [
    'a port of the nodes without their type',
    service({ ports: [{ port: 80, nodePort: 30080 }] }),
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  ['another name without one', { spec: { type: 'ExternalName' } }, ['spec.externalName: Required value']],
  [
    'an unknown type',
    service({ type: 'Magic' }),
    [
      'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  ],
  [
    'an address that is none',
    service({ clusterIP: '10.0.0' }),
    ['spec.clusterIPs[0]: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'two addresses of one family',
    service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'] }),
    ['spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'],
  ],
  [
    'an external address of its own',
    service({ externalIPs: ['127.0.0.1'] }),
    ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ],
  [
    'a policy for traffic that cannot come',
    service({ externalTrafficPolicy: 'Local' }),
    ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
  ],
  [
    'an affinity for ever',
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 99999 } } }),
    [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 99999: must be greater than 0 and less than 86400',
    ],
  ],
  [
    'a name that DNS cannot have',
    { ...service(), metadata: { name: '1a' } },
    [
      "metadata.name: Invalid value: \"1a\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
]
for (const [what, sent, expected] of wrong) {
  test(`a service is refused for ${what}`, () => {
    assert.deepEqual(problems(Service, sent), expected)
  })
}

const defaults: readonly (readonly [string, object, object])[] = [
  [
    'a plain one',
    {},
    {
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
    },
  ],
  [
    'one that keeps its clients',
    { sessionAffinity: 'ClientIP', clusterIP: 'None' },
    {
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
      clusterIP: 'None',
      clusterIPs: ['None'],
      type: 'ClusterIP',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      internalTrafficPolicy: 'Cluster',
    },
  ],
  [
    'a load balancer',
    { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 'http' }] },
    {
      ports: [{ protocol: 'TCP', port: 80, targetPort: 'http' }],
      type: 'LoadBalancer',
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
      internalTrafficPolicy: 'Cluster',
    },
  ],
]
for (const [what, spec, expected] of defaults) {
  test(`a service has what was left out: ${what}`, () => {
    assert.deepEqual(made(Service, service(spec)).spec, expected)
  })
}

const at = { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }
const changes: readonly (readonly [string, object, object, readonly string[]])[] = [
  ['leaves out its address', at, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }, []],
  [
    'takes another address',
    at,
    { ...at, clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] },
    ['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
  ],
  ['becomes another name', at, { ...at, type: 'ExternalName', externalName: 'example.com' }, []],
]
for (const [what, before, after, expected] of changes) {
  test(`a service that ${what}`, () => {
    assert.deepEqual(changeProblems(Service, service(before), service(after)), expected)
  })
}

test('a replaced service keeps what the server gave to it', () => {
  const old = made(Service, service({ ...at, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }))
  const next = made(Service, service({ type: 'NodePort' }))
  Service.strategy.prepareForUpdate?.(next, old, { nowMs: 0 })
  assert.deepEqual([next.spec.clusterIP, next.spec.clusterIPs], ['10.0.0.1', ['10.0.0.1']])
  assert.equal(next.spec.ports?.[0]?.nodePort, 30080)
  const plain = made(Service, service({ type: 'ClusterIP', ports: [{ port: 80, nodePort: 30080 }] }))
  Service.strategy.prepareForUpdate?.(plain, old, { nowMs: 0 })
  assert.equal(plain.spec.ports?.[0]?.nodePort, undefined)
})

test('the table of services has the cells of upstream', () => {
  const one = made(
    Service,
    service({ ...at, type: 'LoadBalancer', selector: { b: '2', a: '1' }, ports: [{ port: 80, nodePort: 30080 }] }),
  )
  const cells = () => Service.columns.map(({ value }) => value(one, 0))
  assert.deepEqual(
    Service.columns.map(({ name }) => name),
    ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector'],
  )
  assert.deepEqual(cells(), ['a', 'LoadBalancer', '10.0.0.1', '<pending>', '80:30080/TCP', '<unknown>', 'a=1,b=2'])
  one.status.loadBalancer.ingress = [{ ip: '1.2.3.4' }]
  assert.equal(cells()[3], '1.2.3.4')
})
