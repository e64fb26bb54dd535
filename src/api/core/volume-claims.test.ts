import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FieldErrors } from '../field-errors.ts'
import { changeProblems, made, problems, row } from '../testing.ts'
import { PersistentVolume } from './persistent-volume.ts'
import { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import { validateClaimUpdate } from './validate-persistent-volume-claim.ts'

const claim = (spec: object = {}, more: object = {}) => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  ...more,
})
const volume = (spec: object = {}, more: object = {}) => ({
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' }, ...spec },
  ...more,
})
const modes = '"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'

const claims: readonly (readonly [string, object, readonly string[]])[] = [
  ['everything', claim({ storageClassName: '' }), []],
  [
    'nothing',
    { spec: {} },
    ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value'],
  ],
  [
    'ways of access that do not go together',
    claim({ accessModes: ['Some', 'ReadWriteOncePod', 'ReadWriteMany'] }),
    [
      `spec.accessModes: Unsupported value: "Some": supported values: ${modes}`,
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    ],
  ],
  [
    'no size',
    claim({ resources: { requests: { storage: '0' } } }),
    ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    'a source of the core that is no claim',
    claim({ dataSourceRef: { kind: 'Pod', name: 'p' } }),
    [
      'spec.dataSource: Invalid value: "Pod": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
      'spec.dataSourceRef: Invalid value: "Pod": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
    ],
  ],
  [
    'two sources',
    claim({
      dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
      dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
    }),
    ['spec: Invalid value: "spec.dataSource": must match dataSourceRef'],
  ],
]
for (const [what, sent, expected] of claims) {
  test(`a claim with ${what} is told so`, () => {
    assert.deepEqual(problems(PersistentVolumeClaim, sent), expected)
  })
}

test('both names of the source stay in step, and the older one knows no new kinds', () => {
  const dataSource = { kind: 'PersistentVolumeClaim', name: 'a' }
  assert.deepEqual(made(PersistentVolumeClaim, claim({ dataSource })).spec.dataSourceRef, dataSource)
  assert.deepEqual(made(PersistentVolumeClaim, claim({ dataSourceRef: dataSource })).spec.dataSource, dataSource)
  const other = { apiGroup: 'x.example', kind: 'Backup', name: 'a' }
  const { spec } = made(PersistentVolumeClaim, claim({ dataSource: other }))
  assert.deepEqual([spec.dataSource, spec.dataSourceRef], [undefined, undefined])
})

const fixed =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
const sized = (storage: string) => ({ resources: { requests: { storage } } })
const bound = { status: { phase: 'Bound', capacity: { storage: '2Gi' } } } as const

const changes: readonly (readonly [string, object, object, readonly string[]])[] = [
  ['a volume that is found', claim(), claim({ volumeName: 'v' }), []],
  ['a class where there was none', claim(), claim({ storageClassName: 's' }), []],
  ['the same size in other words', claim(), claim(sized('1024Mi')), []],
  [
    'another volume',
    claim({ volumeName: 'v' }),
    claim({ volumeName: 'w' }),
    [`${fixed}\n- volumeName: "v"\n+ volumeName: "w"`],
  ],
  [
    'another size before there is a volume',
    claim(),
    claim(sized('2Gi')),
    [`${fixed}\n- resources.requests.storage: "1Gi"\n+ resources.requests.storage: "2Gi"`],
  ],
  [
    'no class of settings any more',
    claim({ volumeAttributesClassName: 'gold' }),
    claim(),
    ['spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden'],
  ],
]
for (const [what, before, after, expected] of changes) {
  test(`a claim that gets ${what} is told what is wrong with that`, () => {
    assert.deepEqual(changeProblems(PersistentVolumeClaim, before, after), expected)
  })
}

test('a claim with a volume may grow, and may take back what it did not get', () => {
  const change = (from: string, to: string) => {
    const [old, next] = [from, to].map((storage) => ({
      ...made(PersistentVolumeClaim, claim(sized(storage))),
      ...bound,
    }))
    const errors = new FieldErrors()
    validateClaimUpdate(next!, old!, errors)
    return errors.all.map(({ field, message }) => `${field}: ${message}`)
  }
  assert.deepEqual(change('5Gi', '9Gi'), [])
  assert.deepEqual(change('5Gi', '3Gi'), [])
  assert.deepEqual(change('5Gi', '2Gi'), [
    'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
  ])
})

test('the status of a claim has amounts of storage only', () => {
  const status = { allocatedResources: { cpu: '1' }, allocatedResourceStatuses: { storage: 'Done' } }
  assert.deepEqual(changeProblems(PersistentVolumeClaim, claim(), claim({}, { status }), 'status'), [
    'status.allocatedResourceStatus: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
    'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
  ])
})

const csi = { driver: 'd.example.com', volumeHandle: 'h' }
const at = (source: object) => volume({ hostPath: undefined, ...source })

const volumes: readonly (readonly [string, object, readonly string[]])[] = [
  ['a folder', volume(), []],
  ['a driver', at({ csi, volumeAttributesClassName: 'gold' }), []],
  [
    'nothing',
    { spec: {} },
    [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: {}: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ],
  ],
  [
    'two places',
    volume({ nfs: { server: 's', path: '/' }, csi }),
    [
      'spec.nfs: Forbidden: may not specify more than 1 volume type',
      'spec.csi: Forbidden: may not specify more than 1 volume type',
    ],
  ],
  [
    'a disk of a node without the node',
    at({ local: { path: '/dev/x' } }),
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  [
    'an affinity to nothing',
    volume({ nodeAffinity: {} }),
    ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
  ],
  [
    'a driver without a volume',
    at({ csi: { driver: 'Bad_Name', nodeStageSecretRef: { name: 's' } } }),
    [
      "spec.csi.driver: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'spec.csi.volumeHandle: Required value',
      'spec.csi.nodeStageSecretRef.namespace: Required value',
    ],
  ],
  [
    'settings that nobody understands',
    volume({ volumeAttributesClassName: 'gold' }),
    ['spec.csi: Required value: has to be specified when using volumeAttributesClassName'],
  ],
  [
    'the whole node to be wiped',
    volume({ hostPath: { path: '/a/..' }, persistentVolumeReclaimPolicy: 'Recycle' }),
    [
      'spec.hostPath.path: Invalid value: "/a/..": must not contain \'..\'',
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
    ],
  ],
  [
    'an unknown policy and mode',
    volume({ persistentVolumeReclaimPolicy: 'Burn', volumeMode: 'Tape' }),
    [
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ],
  [
    'an iSCSI disk that cannot be reached',
    at({ iscsi: { targetPortal: '', iqn: 'disk', lun: 300, chapAuthSession: true, initiatorName: 'me' } }),
    [
      'spec.iscsi.targetPortal: Required value',
      'spec.iscsi.iqn: Invalid value: "disk": must be valid format',
      'spec.iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive',
      'spec.iscsi.secretRef: Required value',
      'spec.iscsi.initiatorname: Invalid value: "me": must be valid format starting with iqn, eui, or naa',
    ],
  ],
  [
    'a Fibre Channel disk named in two ways',
    at({ fc: { targetWWNs: ['a'], wwids: ['b'] } }),
    [
      'spec.fc.targetWWNs: Invalid value: ["a"]: targetWWNs and wwids can not be specified simultaneously',
      'spec.fc.lun: Required value: lun is required if targetWWNs is specified',
    ],
  ],
]
for (const [what, sent, expected] of volumes) {
  test(`a volume with ${what} is told so`, () => {
    assert.deepEqual(problems(PersistentVolume, sent), expected)
  })
}

test('where a volume lies never changes', () => {
  const [problem] = changeProblems(PersistentVolume, volume(), volume({ hostPath: { path: '/other' } }))
  assert.equal(
    problem,
    'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n- hostPath.path: "/data"\n+ hostPath.path: "/other"',
  )
  const secret = { controllerExpandSecretRef: { name: 's', namespace: 'n' } }
  assert.deepEqual(changeProblems(PersistentVolume, at({ csi }), at({ csi: { ...csi, ...secret } })), [])
  assert.deepEqual(changeProblems(PersistentVolume, volume(), volume({ volumeMode: 'Block' })), [
    'volumeMode: Invalid value: "Block": field is immutable',
  ])
})

test('a volume has what was left out, and knows when its phase changed', () => {
  const object = made(PersistentVolume, volume(), 5000)
  assert.deepEqual(object.status, { phase: 'Pending', lastPhaseTransitionTime: '1970-01-01T00:00:05Z' })
  assert.equal(object.spec.persistentVolumeReclaimPolicy, 'Retain')
  assert.equal(object.spec.volumeMode, 'Filesystem')
  const next = structuredClone(object)
  next.status.phase = 'Bound'
  PersistentVolume.strategy.prepareForStatusUpdate?.(next, object, { nowMs: 9000 })
  assert.equal(next.status.lastPhaseTransitionTime, '1970-01-01T00:00:09Z')
})

test('the tables have the cells of upstream', () => {
  const found = { volumeName: 'v', storageClassName: 's' }
  const status = { phase: 'Bound', accessModes: ['ReadWriteMany', 'ReadWriteOnce'], capacity: { storage: '2Gi' } }
  assert.equal(
    row(PersistentVolumeClaim, claim(found, { status })),
    'Name=a Status=Bound Volume=v Capacity=2Gi Access Modes=RWO,RWX StorageClass=s VolumeAttributesClass=<unset> Age=<unknown> VolumeMode=Filesystem',
  )
  assert.equal(
    row(PersistentVolumeClaim, claim({}, { metadata: { deletionTimestamp: '2024-01-01T00:00:00Z' } })),
    'Name=a Status=Terminating Volume= Capacity= Access Modes= StorageClass= VolumeAttributesClass=<unset> Age=<unknown> VolumeMode=Filesystem',
  )
  assert.equal(
    row(PersistentVolume, volume({ claimRef: { namespace: 'n', name: 'c' } }, { status: { phase: 'Bound' } })),
    'Name=a Capacity=1Gi Access Modes=RWO Reclaim Policy=Retain Status=Bound Claim=n/c StorageClass= VolumeAttributesClass=<unset> Reason= Age=<unknown> VolumeMode=Filesystem',
  )
})

test('options for mounting stand in the old annotation only where they mean something', () => {
  const annotations = { 'volume.beta.kubernetes.io/mount-options': 'ro' }
  const sent = (source: object) => ({ ...at(source), metadata: { name: 'a', annotations } })
  assert.deepEqual(problems(PersistentVolume, sent({ nfs: { server: 's', path: '/p' } })), [])
  assert.deepEqual(problems(PersistentVolume, sent({ hostPath: { path: '/p' } })), [
    'metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not specify mount options for this volume type',
  ])
})

test('what works no more is told, and stored all the same', () => {
  const rbd = { monitors: ['m'], image: 'i' }
  const sent = at({ rbd, persistentVolumeReclaimPolicy: 'Recycle' })
  assert.deepEqual(PersistentVolume.strategy.warnings?.(made(PersistentVolume, sent)), [
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
  ])
  assert.deepEqual(problems(PersistentVolume, sent), [])
  const annotations = { 'volume.beta.kubernetes.io/storage-class': 's' }
  const fraction = claim(sized('500m'), { metadata: { annotations } })
  assert.deepEqual(PersistentVolumeClaim.strategy.warnings?.(made(PersistentVolumeClaim, fraction)), [
    'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
    'spec.resources.requests[storage]: fractional byte value "500m" is invalid, must be an integer',
  ])
})
