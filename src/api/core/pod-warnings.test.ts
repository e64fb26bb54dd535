import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Deployment } from '../apps/deployment.ts'
import { made } from '../testing.ts'
import { Pod } from './pod.ts'

const container = { name: 'c', image: 'i' }
const told = (spec: object, one: object = {}, metadata: object = {}) =>
  Pod.strategy.warnings?.(
    made(Pod, { metadata: { name: 'p', ...metadata }, spec: { containers: [{ ...container, ...one }], ...spec } }),
  )

const oldZone = 'failure-domain.beta.kubernetes.io/zone'
const useZone = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
const term = (key: string, values: string[]) => ({ matchExpressions: [{ key, operator: 'In', values }] })
const near = { topologyKey: 'a' }
const file = (path: string) => ({ key: 'k', path })

const specs: readonly [spec: object, warnings: readonly string[]][] = [
  [{ nodeSelector: { [oldZone]: 'a', mine: 'b' } }, [`spec.nodeSelector[${oldZone}]: ${useZone}`]],
  [
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term(oldZone, ['a'])] },
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term('node', ['-a']) }],
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [near],
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near }],
        },
      },
    },
    [
      `spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: ${oldZone} is ${useZone}`,
      "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[0]: -a is invalid, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod',
    ],
  ],
  [
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: oldZone, whenUnsatisfiable: 'DoNotSchedule' }] },
    [
      `spec.topologySpreadConstraints[0].topologyKey: ${oldZone} is ${useZone}`,
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ],
  ],
  [
    {
      volumes: [
        { name: 'a', gitRepo: { repository: 'r' } },
        { name: 'b', storageos: { volumeName: 'v' } },
        { name: 'c', configMap: { name: 'm', items: [file('x'), file('x/y/'), file('z')] } },
        { name: 'd', secret: { secretName: 's', items: [file('x'), file('x')] } },
        {
          name: 'e',
          projected: {
            sources: [
              { serviceAccountToken: { path: 'token' } },
              { configMap: { name: 'm', items: [file('token')] } },
              {},
            ],
          },
        },
      ],
    },
    [
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      'spec.volumes[1].storageOS: deprecated in v1.22, non-functional in v1.25+',
      'volume "c" (ConfigMap "m"): overlapping paths: "x/y" with "x"',
      'volume "d" (Secret "s"): overlapping paths: "x" with "x"',
      'volume "e" (Projected) has no sources provided',
      'volume "e" (Projected): overlapping paths: "token" (ConfigMap "m") with "token" (ServiceAccountToken)',
    ],
  ],
  [
    {
      hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }, { ip: '2001:DB8::1' }],
      imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}],
    },
    [
      'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
      'spec.imagePullSecrets[1].name: duplicate name "a"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
      'spec.hostAliases[2].ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    ],
  ],
  [
    { overhead: { memory: '1500m' } },
    ['spec.overhead[memory]: fractional byte value "1500m" is invalid, must be an integer'],
  ],
  [
    { terminationGracePeriodSeconds: -1 },
    ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
  ],
]

test('a pod that is hardly meant so is told of', () => {
  for (const [spec, warnings] of specs) assert.deepEqual(told(spec), warnings, JSON.stringify(spec))
})

const port = (more: object) => ({ containerPort: 80, ...more })
const ports: readonly [ports: readonly object[], warnings: readonly string[]][] = [
  [[port({}), { containerPort: 80, protocol: 'UDP' }], []],
  [[port({}), port({})], ['duplicate port definition with spec.containers[0].ports[0]']],
  [[port({}), port({ hostPort: 80 })], ['overlapping port definition with spec.containers[0].ports[0]']],
  [
    [port({ hostPort: 80 }), port({ hostPort: 80, hostIP: '10.0.0.1' })],
    ['dangerously ambiguous port definition with spec.containers[0].ports[0]'],
  ],
  [
    [port({ name: 'a' }), { containerPort: 81, hostIP: '10.0.0.1' }],
    ['hostIP set without hostPort: {Name: HostPort:0 ContainerPort:81 Protocol:TCP HostIP:10.0.0.1}'],
  ],
  [
    [port({ name: 'a' }), { containerPort: 81, name: 'a' }],
    [
      'duplicate port name "a" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
    ],
  ],
]

test('ports that are in the way of each other are told', () => {
  for (const [some, warnings] of ports) {
    const all = warnings.map((text) => `spec.containers[0].ports[1]: ${text}`)
    assert.deepEqual(told({}, { ports: some }), all, JSON.stringify(some))
  }
})

test('annotations that do nothing are told, unless the field beside them is set', () => {
  const seccomp = 'seccomp.security.alpha.kubernetes.io/pod'
  const annotations = { [seccomp]: 'runtime/default' }
  assert.deepEqual(told({}, {}, { annotations }), [
    `metadata.annotations[${seccomp}]: non-functional in v1.27+; use the "seccompProfile" field instead`,
  ])
  assert.deepEqual(told({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }, {}, { annotations }), [])
})

test('a template is told of when it is new or has changed, its owner by its name once', () => {
  const deployment = (name: string, generation: number) => ({
    ...made(Deployment, {
      metadata: { name },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [container], terminationGracePeriodSeconds: -1 },
        },
      },
    }),
    metadata: { name, generation },
  })
  const warnings = Deployment.strategy.warnings
  const negative =
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'
  assert.deepEqual(warnings?.(deployment('a.b', 1)), [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
    negative,
  ])
  assert.deepEqual(warnings?.(deployment('a.b', 2), deployment('a.b', 1)), [negative])
  assert.deepEqual(warnings?.(deployment('a.b', 1), deployment('a.b', 1)), [])
})
