import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems, row } from '../testing.ts'
import { DaemonSet } from './daemon-set.ts'
import { StatefulSet } from './stateful-set.ts'

const labels = { app: 'a' }
const template = (spec: object = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'i:1' }], ...spec },
})
const workload = (spec: object = {}) => ({ spec: { selector: { matchLabels: labels }, template: template(), ...spec } })
const daemons = (rollingUpdate: object) => workload({ updateStrategy: { rollingUpdate } })
const stateful = (updateStrategy: object) => workload({ updateStrategy })

test('a DaemonSet has what was left out', () => {
  const { metadata, spec } = made(DaemonSet, workload())
  assert.deepEqual(spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } })
  assert.equal(spec.revisionHistoryLimit, 10)
  assert.deepEqual(metadata.annotations, { 'deprecated.daemonset.template.generation': '1' })
})

test('a DaemonSet counts its templates', () => {
  const old = made(DaemonSet, workload())
  const same = structuredClone(old)
  DaemonSet.strategy.prepareForUpdate?.(same, old, { nowMs: 0 })
  assert.equal(same.metadata.annotations?.['deprecated.daemonset.template.generation'], '1')
  const next = made(DaemonSet, workload({ template: template({ hostNetwork: true }) }))
  DaemonSet.strategy.prepareForUpdate?.(next, old, { nowMs: 0 })
  assert.equal(next.metadata.annotations?.['deprecated.daemonset.template.generation'], '2')
})

const sets: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', workload(), []],
  ['more pods than nodes for a while', daemons({ maxSurge: '10%', maxUnavailable: 0 }), []],
  ['somebody who deletes', workload({ updateStrategy: { type: 'OnDelete' } }), []],
  [
    'an unknown strategy',
    workload({ updateStrategy: { type: 'Slow' } }),
    ['spec.updateStrategy: Unsupported value: {"type":"Slow"}: supported values: "RollingUpdate", "OnDelete"'],
  ],
  [
    'an update that cannot move',
    daemons({ maxUnavailable: 0 }),
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ],
  [
    'an update in two ways',
    daemons({ maxSurge: 1 }),
    ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
  ],
  [
    'a selector of everything',
    workload({ selector: {} }),
    ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
  ],
  [
    'pods that end',
    workload({ template: template({ restartPolicy: 'OnFailure', activeDeadlineSeconds: 5 }) }),
    [
      'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    ],
  ],
  [
    'containers without an image',
    workload({ template: template({ containers: [{ name: 'c' }] }) }),
    ['spec.template.spec.containers[0].image: Required value'],
  ],
]
for (const [what, sent, expected] of sets) {
  test(`a DaemonSet with ${what} is told so`, () => {
    assert.deepEqual(problems(DaemonSet, sent), expected)
  })
}

test('a StatefulSet has what was left out, its claims too', () => {
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }]
  const { spec, status } = made(StatefulSet, workload({ volumeClaimTemplates }))
  const { template: _t, selector: _s, volumeClaimTemplates: claims, ...others } = spec
  assert.deepEqual(others, {
    replicas: 1,
    serviceName: '',
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: 1 } },
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  })
  assert.equal(claims?.[0]?.kind, 'PersistentVolumeClaim')
  assert.equal(claims?.[0]?.apiVersion, 'v1')
  assert.equal(claims?.[0]?.spec.volumeMode, 'Filesystem')
  assert.deepEqual(status, { replicas: 0, availableReplicas: 0 })
})

const statefulSets: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', workload(), []],
  [
    'a name that is no label',
    { ...workload(), metadata: { name: 'a.b' } },
    ['metadata.name: Invalid value: "a.b": must not contain dots'],
  ],
  ['volumes that only its claims make', workload({ template: template({ containers: [{ name: 'c' }] }) }), []],
  [
    'a service that cannot be',
    workload({ serviceName: 'a.b' }),
    ['spec.serviceName: Invalid value: "a.b": must not contain dots'],
  ],
  [
    'an unknown order',
    workload({ podManagementPolicy: 'Chaos' }),
    ["spec.podManagementPolicy: Invalid value: \"Chaos\": must be 'OrderedReady' or 'Parallel'"],
  ],
  [
    'bounds of an update that has none',
    stateful({ type: 'OnDelete', rollingUpdate: { partition: 1 } }),
    [
      'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1,"maxUnavailable":1}: only allowed for updateStrategy \'RollingUpdate\'',
    ],
  ],
  [
    'bounds that cannot be',
    stateful({ rollingUpdate: { partition: -1, maxUnavailable: '0%' } }),
    [
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "0%": cannot be 0',
    ],
  ],
  [
    'claims that are neither kept nor deleted',
    workload({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Sell' } }),
    [
      'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Sell": supported values: "Retain", "Delete"',
    ],
  ],
  [
    'a selector of other labels',
    workload({ selector: { matchLabels: { app: 'b' } }, ordinals: { start: -1 } }),
    [
      'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ],
  ],
]
for (const [what, sent, expected] of statefulSets) {
  test(`a StatefulSet with ${what} is told so`, () => {
    assert.deepEqual(problems(StatefulSet, sent), expected)
  })
}

test('little of a StatefulSet changes', () => {
  const free = { replicas: 3, minReadySeconds: 5, ordinals: { start: 2 }, template: template({ hostNetwork: true }) }
  assert.deepEqual(changeProblems(StatefulSet, workload(), workload(free)), [])
  assert.deepEqual(changeProblems(StatefulSet, workload(), workload({ serviceName: 'b' })), [
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ])
})

test('the counts of a status fit together', () => {
  const status = { replicas: 1, updatedReplicas: 2, availableReplicas: 1 }
  assert.deepEqual(changeProblems(StatefulSet, workload(), { ...workload(), status }, 'status'), [
    'status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas',
  ])
  const before = { ...workload(), status: { collisionCount: 2 } }
  assert.deepEqual(changeProblems(DaemonSet, before, { ...workload(), status: { numberReady: -1 } }, 'status'), [
    'status.numberReady: Invalid value: -1: must be greater than or equal to 0',
    'status.collisionCount: Invalid value: 0: cannot be decremented',
  ])
})

test('the tables have the cells of upstream', () => {
  const status = { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1, numberAvailable: 1 }
  const here = workload({ template: template({ nodeSelector: { disk: 'ssd' } }) })
  assert.equal(
    row(DaemonSet, { ...here, status }),
    'Name=a Desired=3 Current=2 Ready=1 Up-to-date=0 Available=1 Node Selector=disk=ssd Age=<unknown> Containers=c Images=i:1 Selector=app=a',
  )
  assert.equal(
    row(StatefulSet, { ...workload({ replicas: 3 }), status: { readyReplicas: 1 } }),
    'Name=a Ready=1/3 Age=<unknown> Containers=c Images=i:1',
  )
})
