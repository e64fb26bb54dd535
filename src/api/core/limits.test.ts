import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems, row } from '../testing.ts'
import { LimitRange } from './limit-range.ts'
import { PodTemplate } from './pod-template.ts'
import { ReplicationController } from './replication-controller.ts'
import { ResourceQuota } from './resource-quota.ts'

const range = (...limits: object[]) => ({ spec: { limits } })
const container = (more: object) => range({ type: 'Container', ...more })

const ranges: readonly (readonly [string, object, readonly string[]])[] = [
  ['bounds of each sort', range({ type: 'Pod', max: { cpu: '2' } }, { type: 'Container', min: { cpu: '1' } }), []],
  [
    'a sort that is none',
    range({ type: 'Node' }),
    ['spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified'],
  ],
  ['the same sort twice', range({ type: 'Pod' }, { type: 'Pod' }), ['spec.limits[1].type: Duplicate value: "Pod"']],
  [
    'defaults for pods as a whole',
    range({ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
    [
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
      "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
    ],
  ],
  [
    'claims without a size',
    range({ type: 'PersistentVolumeClaim' }),
    [
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
  ],
  [
    'a resource that no container has',
    container({ max: { storage: '1Gi' } }),
    [
      'spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers',
      'spec.limits[0].default[storage]: Invalid value: "storage": must be a standard resource for containers',
      'spec.limits[0].defaultRequest[storage]: Invalid value: "storage": must be a standard resource for containers',
    ],
  ],
  [
    'more at least than at most',
    range({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }),
    ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
  ],
  [
    'defaults out of bounds',
    container({ min: { cpu: '2' }, max: { cpu: '4' }, default: { cpu: '5' }, defaultRequest: { cpu: '1' } }),
    [
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "4": default value 5 is greater than max value 4',
    ],
  ],
  [
    'ratios that cannot be',
    range({
      type: 'Pod',
      min: { memory: '1Gi' },
      max: { memory: '2Gi' },
      maxLimitRequestRatio: { cpu: '500m', memory: '3' },
    }),
    [
      'spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000',
      'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1',
    ],
  ],
  [
    'a device that is not asked for as it is limited',
    container({ default: { 'example.com/gpu': '2' }, defaultRequest: { 'example.com/gpu': '1' } }),
    [
      'spec.limits[0].defaultRequest[example.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in example.com/gpu',
    ],
  ],
]
for (const [what, sent, expected] of ranges) {
  test(`a range of limits with ${what} is told so`, () => {
    assert.deepEqual(problems(LimitRange, sent), expected)
  })
}

test('bounds are defaults, too', () => {
  const { spec } = made(LimitRange, container({ max: { cpu: '2' }, min: { cpu: '1', memory: '1Gi' } }))
  assert.deepEqual(spec.limits[0]?.default, { cpu: '2' })
  assert.deepEqual(spec.limits[0]?.defaultRequest, { cpu: '2', memory: '1Gi' })
  assert.equal(row(LimitRange, range()), 'Name=a Created At=')
})

const quota = (hard: object, more: object = {}) => ({ spec: { hard, ...more } })
const scoped = (scopeName: string, operator: string, ...values: string[]) =>
  quota({}, { scopeSelector: { matchExpressions: [{ scopeName, operator, values }] } })

const quotas: readonly (readonly [string, object, readonly string[]])[] = [
  ['counts of all sorts', quota({ pods: '1', 'count/jobs.batch': '2', 'requests.hugepages-2Mi': '4Mi' }), []],
  ['a scope with values', scoped('PriorityClass', 'In', 'high'), []],
  [
    'what nobody knows',
    quota({ chairs: '1', storage: '1Gi' }),
    [
      'spec.hard[chairs]: Invalid value: "chairs": must be a standard resource type or fully qualified',
      'spec.hard[chairs]: Invalid value: "chairs": must be a standard resource for quota',
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
    ],
  ],
  [
    'amounts that cannot be',
    quota({ pods: '1500m', cpu: '-1' }),
    [
      'spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
    ],
  ],
  [
    'scopes that are none, or do not go together',
    quota({ cpu: '1' }, { scopes: ['Tall', 'BestEffort', 'NotBestEffort'] }),
    [
      'spec.scopes: Invalid value: ["Tall","BestEffort","NotBestEffort"]: unsupported scope',
      'spec.scopes: Invalid value: ["Tall","BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["Tall","BestEffort","NotBestEffort"]: conflicting scopes',
    ],
  ],
  [
    'a scope that has no values',
    scoped('Terminating', 'In', 'a'),
    [
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exist\' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
    ],
  ],
  [
    'a requirement without values',
    scoped('PriorityClass', 'NotIn'),
    [
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
  ],
]
for (const [what, sent, expected] of quotas) {
  test(`a quota with ${what} is told so`, () => {
    assert.deepEqual(problems(ResourceQuota, sent), expected)
  })
}

test('the scopes of a quota never change', () => {
  const scopes = { scopes: ['BestEffort'] }
  assert.deepEqual(changeProblems(ResourceQuota, quota({}, scopes), quota({ pods: '1' }, scopes)), [])
  assert.deepEqual(changeProblems(ResourceQuota, quota({}, scopes), quota({})), [
    'spec.scopes: Invalid value: null: field is immutable',
  ])
})

test('the table of quotas tells requests and limits apart', () => {
  const status = { hard: { pods: '10', 'limits.cpu': '4', cpu: '2' }, used: { pods: '3', 'limits.cpu': '1' } }
  assert.equal(
    row(ResourceQuota, { ...quota({}), status }),
    'Name=a Request=cpu: 0/2, pods: 3/10 Limit=limits.cpu: 1/4 Age=<unknown>',
  )
})

const template = (more: object = {}) => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'i' }], ...more },
})
const controller = (spec: object = {}) => ({ spec: { template: template(), ...spec } })

const controllers: readonly (readonly [string, object, readonly string[]])[] = [
  ['a template', controller(), []],
  ['nothing', { spec: {} }, ['spec.selector: Required value', 'spec.template: Required value']],
  [
    'a selector of other labels',
    controller({ selector: { app: 'b' }, replicas: -1 }),
    [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'pods that end',
    controller({ template: template({ restartPolicy: 'Never' }) }),
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
]
for (const [what, sent, expected] of controllers) {
  test(`a replication controller with ${what} is told so`, () => {
    assert.deepEqual(problems(ReplicationController, sent), expected)
  })
}

test('a replication controller takes the labels of its template', () => {
  const { metadata, spec } = made(ReplicationController, controller())
  assert.deepEqual([metadata.labels, spec.selector, spec.replicas], [{ app: 'a' }, { app: 'a' }, 1])
  assert.equal(ReplicationController.scale?.selector(made(ReplicationController, controller())), 'app=a')
})

test('the tables tell what pods are made of', () => {
  assert.equal(
    row(ReplicationController, { ...controller({ replicas: 3 }), status: { replicas: 2, readyReplicas: 1 } }),
    'Name=a Desired=3 Current=2 Ready=1 Age=<unknown> Containers=c Images=i Selector=app=a',
  )
  assert.equal(row(PodTemplate, { template: template() }), 'Name=a Containers=c Images=i Pod Labels=app=a')
  assert.deepEqual(problems(PodTemplate, { template: { spec: { containers: [] } } }), [
    'template.spec.containers: Required value',
  ])
})
