import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ApiObject } from '../kind.ts'
import type { Pod } from './pod.ts'
import { podResources } from './pod-resources.ts'
import type { UsageContext } from './quota-scope.ts'
import { QuotaTally } from './quota-tally.ts'
import { countingProblem, inScopes, mayChangeUsage, namesCounting, resourcesCounted, usageOf } from './quota-usage.ts'

const nowMs = Date.UTC(2030, 0, 1)
const context: UsageContext = { nowMs, extendedResourceOf: (name) => (name === 'gpu' ? 'example.com/gpu' : undefined) }
const time = (seconds: number): string => new Date(nowMs + seconds * 1000).toISOString()
const texts = (amounts: ReadonlyMap<string, unknown>) =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, String(amount)]))
const object = (fields: object): ApiObject =>
  ({ metadata: { name: 'a', namespace: 'default' }, ...fields }) as ApiObject

const container = (name: string, requests: object, limits: object = {}, rest: object = {}) => ({
  name,
  resources: { requests, limits },
  ...rest,
})
const sidecar = { restartPolicy: 'Always' }

const pods: readonly (readonly [what: string, spec: object, requests: object, limits: object, status?: object])[] = [
  [
    'is the sum of its containers, in their units',
    {
      containers: [
        container('a', { cpu: '100m', memory: '1Gi' }, { cpu: '1' }),
        container('b', { cpu: '1', memory: '512Mi' }),
      ],
    },
    { cpu: '1100m', memory: '1536Mi' },
    { cpu: '1' },
  ],
  [
    'is its greediest init container, where that is more',
    {
      containers: [container('a', { cpu: '1', memory: '1Gi' })],
      initContainers: [container('i', { cpu: '3' }), container('j', { cpu: '2', memory: '2Gi' })],
    },
    { cpu: '3', memory: '2Gi' },
    {},
  ],
  [
    'counts sidecars with the containers, and with the init containers that come after them',
    {
      containers: [container('a', { cpu: '1' })],
      initContainers: [
        container('early', { cpu: '2' }),
        container('s', { cpu: '500m' }, { cpu: '1' }, sidecar),
        container('late', { cpu: '2' }, { cpu: '4' }),
      ],
    },
    { cpu: '2500m' },
    { cpu: '5' },
  ],
  [
    'is what it says as a whole of what can be said as a whole',
    {
      containers: [container('a', { cpu: '1', 'ephemeral-storage': '1Gi' })],
      resources: { requests: { cpu: '4', 'hugepages-2Mi': '2Mi' }, limits: { memory: '8Gi' } },
    },
    { cpu: '4', 'ephemeral-storage': '1Gi', 'hugepages-2Mi': '2Mi' },
    { memory: '8Gi' },
  ],
  [
    'has an overhead, which adds only to limits that are there',
    { containers: [container('a', { cpu: '1' }, { cpu: '2' })], overhead: { cpu: '250m', memory: '64Mi' } },
    { cpu: '1250m', memory: '64Mi' },
    { cpu: '2250m' },
  ],
  [
    'is the most of what it has and what it wants while it is being resized',
    { containers: [container('a', { cpu: '1' }, { cpu: '2' })] },
    { cpu: '3' },
    { cpu: '4' },
    {
      containerStatuses: [
        { name: 'a', allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '3' }, limits: { cpu: '4' } } },
      ],
    },
  ],
  [
    'is what it has, where the resize cannot be',
    { containers: [container('a', { cpu: '9' }, { cpu: '9' })] },
    { cpu: '1' },
    { cpu: '2' },
    {
      conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
      containerStatuses: [
        { name: 'a', allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } },
      ],
    },
  ],
]
for (const [what, spec, requests, limits, status = {}] of pods) {
  test(`what a pod uses ${what}`, () => {
    const pod = { metadata: {}, spec, status } as unknown as Pod
    const options = { overhead: true, status: true }
    assert.deepEqual(texts(podResources(pod, 'requests', options)), requests)
    assert.deepEqual(texts(podResources(pod, 'limits', options)), limits)
  })
}

const one = { 'count/pods': '1' }
const claim = (requests: object[], annotations: object = {}) =>
  object({ metadata: { annotations }, spec: { devices: { requests } } })
const exactly = (deviceClassName: string, count: number, rest: object = {}) => ({
  name: 'r',
  exactly: { deviceClassName, allocationMode: 'ExactCount', count, ...rest },
})

const usages: readonly (readonly [what: string, resource: string, object: ApiObject, usage: object])[] = [
  [
    'a pod goes by all names of what it asks for',
    'pods',
    object({
      spec: {
        containers: [
          container(
            'a',
            { cpu: '1', 'ephemeral-storage': '1Gi', 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' },
            { memory: '2Gi', 'ephemeral-storage': '2Gi', 'example.com/gpu': '2' },
          ),
        ],
      },
    }),
    {
      ...one,
      pods: '1',
      cpu: '1',
      'requests.cpu': '1',
      'limits.memory': '2Gi',
      'ephemeral-storage': '1Gi',
      'requests.ephemeral-storage': '1Gi',
      'limits.ephemeral-storage': '2Gi',
      'hugepages-2Mi': '4Mi',
      'requests.hugepages-2Mi': '4Mi',
      'requests.example.com/gpu': '2',
    },
  ],
  [
    'a pod that has ended is only an object',
    'pods',
    object({ spec: { containers: [] }, status: { phase: 'Failed' } }),
    one,
  ],
  [
    'a pod that is overdue is only an object',
    'pods',
    object({ metadata: { deletionTimestamp: time(-31), deletionGracePeriodSeconds: 30 }, spec: { containers: [] } }),
    one,
  ],
  [
    'a pod that is on its way out is charged',
    'pods',
    object({ metadata: { deletionTimestamp: time(-29), deletionGracePeriodSeconds: 30 }, spec: { containers: [] } }),
    { ...one, pods: '1' },
  ],
  [
    'a claim is counted for its class, in whole bytes, as large as it has become',
    'persistentvolumeclaims',
    object({
      spec: { storageClassName: 'gold', resources: { requests: { storage: '1500m' } } },
      status: { allocatedResources: { storage: '1' } },
    }),
    {
      'count/persistentvolumeclaims': '1',
      persistentvolumeclaims: '1',
      'requests.storage': '2',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      'gold.storageclass.storage.k8s.io/requests.storage': '2',
    },
  ],
  [
    'devices are counted for their class, and by the extended resource that it stands for',
    'resourceclaims.resource.k8s.io',
    claim([exactly('gpu', 2), exactly('nic', 1), exactly('nic', 0, { allocationMode: 'All' })]),
    {
      'count/resourceclaims.resource.k8s.io': '1',
      'gpu.deviceclass.resource.k8s.io/devices': '2',
      'requests.deviceclass.resource.kubernetes.io/gpu': '2',
      'requests.example.com/gpu': '2',
      'nic.deviceclass.resource.k8s.io/devices': '33',
      'requests.deviceclass.resource.kubernetes.io/nic': '33',
    },
  ],
  [
    'of several ways to meet a request, the worst counts for each class',
    'resourceclaims.resource.k8s.io',
    claim([
      {
        name: 'r',
        firstAvailable: [
          { name: 'a', deviceClassName: 'nic', allocationMode: 'ExactCount', count: 1 },
          { name: 'b', deviceClassName: 'nic', allocationMode: 'ExactCount', count: 3 },
        ],
      },
    ]),
    {
      'count/resourceclaims.resource.k8s.io': '1',
      'nic.deviceclass.resource.k8s.io/devices': '3',
      'requests.deviceclass.resource.kubernetes.io/nic': '3',
    },
  ],
  [
    "what has been charged with a pod's extended resources is not charged again",
    'resourceclaims.resource.k8s.io',
    claim([exactly('gpu', 2)], { 'resource.kubernetes.io/extended-resource-claim': 'true' }),
    { 'count/resourceclaims.resource.k8s.io': '1', 'gpu.deviceclass.resource.k8s.io/devices': '2' },
  ],
  ['a secret has two names', 'secrets', object({}), { 'count/secrets': '1', secrets: '1' }],
  ['any other object has one', 'widgets.example.com', object({}), { 'count/widgets.example.com': '1' }],
]
for (const [what, resource, counted, usage] of usages) {
  test(`usageOf(): ${what}`, () => {
    assert.deepEqual(texts(usageOf(resource, counted, context)), usage)
  })
}

test('namesCounting() finds the names that are about a resource, and resourcesCounted() the other way round', () => {
  const names = [
    ...['pods', 'limits.cpu', 'requests.hugepages-1Gi', 'requests.example.com/gpu', 'secrets', 'count/jobs.batch'],
    ...['requests.storage', 'a.storageclass.storage.k8s.io/requests.storage', 'services.nodeports', 'count/events'],
  ]
  assert.deepEqual(namesCounting('pods', names), names.slice(0, 4))
  assert.deepEqual(namesCounting('secrets', names), ['secrets'])
  assert.deepEqual(namesCounting('jobs.batch', names), ['count/jobs.batch'])
  assert.deepEqual(namesCounting('jobs', names), [])
  assert.deepEqual(namesCounting('events', names), [])
  assert.deepEqual(namesCounting('persistentvolumeclaims', names), names.slice(6, 8))
  assert.deepEqual([...resourcesCounted(names)].sort(), [
    ...['jobs.batch', 'persistentvolumeclaims', 'pods', 'resourceclaims.resource.k8s.io', 'secrets', 'services'],
  ])
})

const term = { topologyKey: 'zone', namespaces: ['other'] }
const scopes: readonly (readonly [
  what: string,
  resource: string,
  spec: object,
  requirement: object,
  matches: boolean,
])[] = [
  ['a deadline', 'pods', { activeDeadlineSeconds: 0 }, { scopeName: 'Terminating', operator: 'Exists' }, true],
  ['no deadline', 'pods', {}, { scopeName: 'NotTerminating', operator: 'Exists' }, true],
  [
    'its class',
    'pods',
    { priorityClassName: 'a' },
    { scopeName: 'PriorityClass', operator: 'In', values: ['a'] },
    true,
  ],
  [
    'another class',
    'pods',
    { priorityClassName: 'a' },
    { scopeName: 'PriorityClass', operator: 'NotIn', values: ['a'] },
    false,
  ],
  ['no class', 'pods', {}, { scopeName: 'PriorityClass', operator: 'NotIn', values: ['a'] }, true],
  ['the lack of a class', 'pods', {}, { scopeName: 'PriorityClass', operator: 'DoesNotExist' }, true],
  [
    'looking into other namespaces',
    'pods',
    {
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
      },
    },
    { scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' },
    true,
  ],
  [
    'staying in its own namespace',
    'pods',
    { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } } },
    { scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' },
    false,
  ],
  [
    'its attributes',
    'persistentvolumeclaims',
    { volumeAttributesClassName: 'fast' },
    { scopeName: 'VolumeAttributesClass', operator: 'In', values: ['fast'] },
    true,
  ],
  ['a scope of pods', 'services', {}, { scopeName: 'NotTerminating', operator: 'Exists' }, false],
]
for (const [what, resource, spec, requirement, matches] of scopes) {
  test(`inScopes(): ${resource} are ${matches ? '' : 'not '}selected for ${what}`, () => {
    const quota = { scopeSelector: { matchExpressions: [requirement] } }
    assert.equal(inScopes(resource, object({ spec: { containers: [], ...spec } }), quota as never), matches)
  })
}

test('countingProblem() names what is missing, and where, each in order', () => {
  const pod = object({
    spec: { containers: [container('b', {}), container('a', {}), container('c', { cpu: '1' }, { cpu: '1' })] },
  })
  assert.equal(
    countingProblem('pods', pod, ['limits.cpu', 'cpu', 'pods', 'requests.ephemeral-storage']),
    'must specify cpu for: a,b; limits.cpu for: a,b',
  )
  assert.equal(countingProblem('pods', pod, ['pods', 'requests.example.com/gpu']), undefined)
})

test('mayChangeUsage() knows which updates matter', () => {
  const [plain, short] = [object({ spec: {} }), object({ spec: { activeDeadlineSeconds: 1 } })]
  assert.equal(mayChangeUsage('pods', plain, plain, ''), false)
  assert.equal(mayChangeUsage('pods', short, plain, ''), true)
  assert.equal(mayChangeUsage('pods', plain, plain, 'resize'), true)
  assert.equal(mayChangeUsage('pods', plain, plain, 'status'), false)
  assert.equal(mayChangeUsage('services', plain, plain, ''), true)
  assert.equal(mayChangeUsage('secrets', plain, plain, ''), false)
})

test('a tally that is kept says the same as one that is counted anew, whatever happens in whichever order', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    cpu: fc.option(fc.integer({ min: 0, max: 5000 })),
    held: fc.boolean(),
    release: fc.nat(5),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const spec = { hard: { pods: '9', 'requests.cpu': '9' } }
      const tally = new QuotaTally(spec)
      const there = new Map<string, ApiObject>()
      const held: (() => void)[] = []
      for (const { name, cpu, held: hold, release } of steps) {
        const pod = cpu === null ? undefined : object({ spec: { containers: [container('c', { cpu: `${cpu}m` })] } })
        if (hold && pod) held.push(tally.hold(name, tally.usageOf('pods', pod, context)!))
        else {
          tally.put('pods', name, pod, context)
          if (pod) there.set(name, pod)
          else there.delete(name)
        }
        held.splice(release, 1)[0]?.()
      }
      for (const letGo of held) letGo()
      const anew = new QuotaTally(spec)
      for (const [name, pod] of there) anew.put('pods', name, pod, context)
      for (const name of ['pods', 'requests.cpu']) assert.equal(String(tally.used(name)), String(anew.used(name)))
    }),
    { seed: 1, numRuns: 300 },
  )
})
