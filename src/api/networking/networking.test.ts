import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems, row } from '../testing.ts'
import { Ingress } from './ingress.ts'
import { IngressClass } from './ingress-class.ts'
import { IPAddress } from './ip-address.ts'
import { NetworkPolicy } from './network-policy.ts'
import { ServiceCIDR } from './service-cidr.ts'

const policy = (spec: object = {}) => ({ spec: { podSelector: {}, ...spec } })
const from = (...peers: object[]) => policy({ ingress: [{ from: peers }] })
const ports = (...all: object[]) => policy({ egress: [{ ports: all }] })

const policies: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', policy(), []],
  ['everybody', policy({ ingress: [{}] }), []],
  ['a range of ports', ports({ port: 80, endPort: 90 }), []],
  ['a peer that is nobody', from({}), ['spec.ingress[0].from[0]: Required value: must specify a peer']],
  [
    'a peer that is two things',
    from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
    ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
  ],
  ['a range without one', from({ ipBlock: { cidr: '' } }), ['spec.ingress[0].from[0].ipBlock.cidr: Required value']],
  [
    'exceptions that are none',
    from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8', '11.0.0.0/16', 'x'] } }),
    [
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[2]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    'ports that cannot be',
    ports({ port: 0 }, { port: 'Web', endPort: 90 }, { endPort: 90 }, { port: 90, endPort: 80 }),
    [
      'spec.egress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.egress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
      'spec.egress[0].ports[1].port: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.egress[0].ports[2].endPort: Invalid value: 90: may not be specified when `port` is not specified',
      'spec.egress[0].ports[3].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ],
  ],
  [
    'a protocol that is none',
    ports({ protocol: 'ICMP' }),
    ['spec.egress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"'],
  ],
  [
    'a type that is none',
    policy({ policyTypes: ['Sideways'] }),
    ['spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"'],
  ],
]
for (const [what, sent, expected] of policies) {
  test(`a network policy with ${what} is told so`, () => {
    assert.deepEqual(problems(NetworkPolicy, sent), expected)
  })
}

test('a network policy is about what it has rules for', () => {
  assert.deepEqual(made(NetworkPolicy, policy()).spec.policyTypes, ['Ingress'])
  const { spec } = made(NetworkPolicy, ports({ port: 53 }))
  assert.deepEqual(spec.policyTypes, ['Ingress', 'Egress'])
  assert.deepEqual(spec.egress?.[0]?.ports, [{ protocol: 'TCP', port: 53 }])
  assert.deepEqual(made(NetworkPolicy, policy({ egress: [], policyTypes: ['Egress'] })).spec.policyTypes, ['Egress'])
})

test('a range that is stored already may stay as it is', () => {
  const before = from({ ipBlock: { cidr: '10.0.0/8' } })
  assert.deepEqual(changeProblems(NetworkPolicy, before, { ...before, metadata: { labels: { a: 'b' } } }), [])
  assert.equal(changeProblems(NetworkPolicy, before, from({ ipBlock: { cidr: '10.0.1/8' } })).length, 1)
})

const service = { service: { name: 'web', port: { number: 80 } } }
const ingress = (spec: object = { defaultBackend: service }, metadata: object = {}) => ({ metadata, spec })
const at = (path: object) =>
  ingress({ rules: [{ host: 'a.example', http: { paths: [{ backend: service, ...path }] } }] })
const backend = (one: object) => ingress({ defaultBackend: one })

const ingresses: readonly (readonly [string, object, readonly string[]])[] = [
  ['a backend', ingress(), []],
  ['a path', at({ pathType: 'Prefix', path: '/' }), []],
  ['any path', at({ pathType: 'ImplementationSpecific' }), []],
  ['nothing', ingress({}), ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
  ['no path type', at({}), ['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified']],
  [
    'an unknown path type',
    at({ pathType: 'Regex' }),
    [
      'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    ],
  ],
  [
    'paths that can be read in two ways',
    at({ pathType: 'Exact', path: '/a//b/..' }),
    [
      'spec.rules[0].http.paths[0].path: Invalid value: "/a//b/..": must not contain \'//\'',
      'spec.rules[0].http.paths[0].path: Invalid value: "/a//b/..": cannot end with \'/..\'',
    ],
  ],
  [
    'a relative path',
    at({ pathType: 'Prefix', path: 'a' }),
    ['spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path'],
  ],
  [
    'an address for a host',
    ingress({ rules: [{ host: '10.0.0.1' }] }),
    ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
  ],
  ['no paths', ingress({ rules: [{ http: { paths: [] } }] }), ['spec.rules[0].http.paths: Required value']],
  ['no backend', backend({}), ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
  [
    'two backends',
    backend({ ...service, resource: { kind: 'Bucket', name: 'b' } }),
    ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
  ],
  [
    'a port with two names',
    backend({ service: { name: 'web', port: { number: 80, name: 'http' } } }),
    ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
  ],
  [
    'no port and no name',
    backend({ service: {} }),
    [
      'spec.defaultBackend.service.name: Required value',
      'spec.defaultBackend: Required value: port name or number is required',
    ],
  ],
  [
    'an object without a name',
    backend({ resource: { apiGroup: 'x.example', kind: 'Bucket' } }),
    ['spec.defaultBackend.resource.name: Required value'],
  ],
  [
    'two classes',
    ingress(
      { defaultBackend: service, ingressClassName: 'a' },
      { annotations: { 'kubernetes.io/ingress.class': 'b' } },
    ),
    [
      'annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are specified',
    ],
  ],
]
for (const [what, sent, expected] of ingresses) {
  test(`an ingress with ${what} is told so`, () => {
    assert.deepEqual(problems(Ingress, sent), expected)
  })
}

test('hosts with a star are one star and a name', () => {
  const [problem] = problems(Ingress, ingress({ tls: [{ hosts: ['*x.example'] }], defaultBackend: service }))
  assert.match(problem ?? '', /^spec.tls\[0\].hosts\[0\]: Invalid value: "\*x.example": a wildcard DNS-1123 subdomain/)
})

const ingressClass = (spec: object = {}) => ({ spec: { controller: 'example.com/c', ...spec } })
const parameters = (more: object) => ingressClass({ parameters: { kind: 'Settings', name: 's', ...more } })

const classes: readonly (readonly [string, object, readonly string[]])[] = [
  ['a controller', ingressClass(), []],
  ['settings', parameters({}), []],
  ['no controller', { spec: {} }, ['spec.controller: Required value']],
  [
    'a controller without a domain',
    ingressClass({ controller: 'nginx' }),
    ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
  [
    'settings of no namespace',
    parameters({ scope: 'Namespace' }),
    ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
  ],
  [
    'settings of a namespace that they are not in',
    parameters({ namespace: 'a' }),
    ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  ],
]
for (const [what, sent, expected] of classes) {
  test(`an ingress class with ${what} is told so`, () => {
    assert.deepEqual(problems(IngressClass, sent), expected)
  })
}

test('the controller of a class never changes', () => {
  assert.deepEqual(changeProblems(IngressClass, ingressClass(), ingressClass({ controller: 'example.com/d' })), [
    'spec.controller: Invalid value: "example.com/d": field is immutable',
  ])
})

test('an address is an object that belongs to another', () => {
  const parentRef = { resource: 'services', namespace: 'default', name: 'web' }
  const address = (name: string, spec: object) => ({ metadata: { name }, spec })
  assert.deepEqual(problems(IPAddress, address('10.0.0.1', { parentRef })), [])
  assert.deepEqual(problems(IPAddress, address('10.0.0.1', {})), ['spec.parentRef: Required value'])
  assert.deepEqual(problems(IPAddress, address('FD00::1', { parentRef: { resource: 'services' } })), [
    'metadata.name: Invalid value: "FD00::1": must be in canonical form ("fd00::1")',
    'spec.parentRef.name: Required value',
  ])
  assert.equal(
    row(IPAddress, address('10.0.0.1', { parentRef })),
    'Name=10.0.0.1 ParentRef=services/default/web Age=<unknown>',
  )
})

const ranges = (...cidrs: string[]) => ({ spec: { cidrs } })

const serviceRanges: readonly (readonly [string, object, readonly string[]])[] = [
  ['two families', ranges('10.0.0.0/16', 'fd00::/112'), []],
  ['nothing', ranges(), ['spec.cidrs: Required value: at least one CIDR required']],
  [
    'one family twice',
    ranges('10.0.0.0/16', '10.1.0.0/16'),
    [
      'spec.cidrs: Invalid value: ["10.0.0.0/16","10.1.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
  [
    'bits beyond the prefix',
    ranges('10.0.0.1/16'),
    ['spec.cidrs[0]: Invalid value: "10.0.0.1/16": must be in canonical form ("10.0.0.0/16")'],
  ],
]
for (const [what, sent, expected] of serviceRanges) {
  test(`ranges of services with ${what} are told so`, () => {
    assert.deepEqual(problems(ServiceCIDR, sent), expected)
  })
}

test('ranges of services only ever get a second family', () => {
  assert.deepEqual(changeProblems(ServiceCIDR, ranges('10.0.0.0/16'), ranges('10.0.0.0/16', 'fd00::/112')), [])
  assert.deepEqual(changeProblems(ServiceCIDR, ranges('10.0.0.0/16'), ranges('10.1.0.0/16')), [
    'spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable',
  ])
  assert.deepEqual(changeProblems(ServiceCIDR, ranges('10.0.0.0/16', 'fd00::/112'), ranges('10.0.0.0/16')), [
    'spec.cidrs: Invalid value: ["10.0.0.0/16"]: field is immutable',
  ])
})

test('the tables have the cells of upstream', () => {
  const rules = ['a', 'b', 'c', 'd'].map((host) => ({ host: `${host}.example` }))
  const sent = ingress({ rules, tls: [{}], ingressClassName: 'nginx' })
  const status = { loadBalancer: { ingress: [{ ip: '10.0.0.1' }, { hostname: 'lb.example' }] } }
  assert.equal(
    row(Ingress, { ...sent, status }),
    'Name=a Class=nginx Hosts=a.example,b.example,c.example + 1 more... Address=10.0.0.1,lb.example Ports=80, 443 Age=<unknown>',
  )
  assert.equal(row(Ingress, ingress()), 'Name=a Class=<none> Hosts=* Address= Ports=80 Age=<unknown>')
  assert.equal(
    row(IngressClass, parameters({ apiGroup: 'x.example' })),
    'Name=a Controller=example.com/c Parameters=Settings.x.example/s Age=<unknown>',
  )
  assert.equal(row(NetworkPolicy, policy()), 'Name=a Pod-Selector=<none> Age=<unknown>')
  assert.equal(
    row(ServiceCIDR, ranges('10.0.0.0/16', 'fd00::/112')),
    'Name=a CIDRs=10.0.0.0/16,fd00::/112 Age=<unknown>',
  )
})
