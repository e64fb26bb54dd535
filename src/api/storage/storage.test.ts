import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyKind } from '../kind.ts'
import { changeProblems, made, problems, row } from '../testing.ts'
import { CSIDriver } from './csi-driver.ts'
import { CSINode } from './csi-node.ts'
import { CSIStorageCapacity } from './csi-storage-capacity.ts'
import { StorageClass } from './storage-class.ts'
import { VolumeAttachment } from './volume-attachment.ts'
import { VolumeAttributesClass } from './volume-attributes-class.ts'

const storageClass = (more: object = {}) => ({ provisioner: 'example.com/p', ...more })
const places = (...values: string[]) => ({
  allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values }] }],
})
const node = (...drivers: object[]) => ({ spec: { drivers } })
const attachment = (source: object, more: object = {}) => ({
  spec: { attacher: 'd.example.com', nodeName: 'n', source, ...more },
})
const csi = { driver: 'd.example.com', volumeHandle: 'h' }

const wrong: readonly (readonly [string, AnyKind, object, readonly string[]])[] = [
  ['a class of storage', StorageClass, storageClass(places('a', 'b')), []],
  ['a class without provisioner', StorageClass, {}, ['provisioner: Required value']],
  [
    'a class with unknown ways',
    StorageClass,
    storageClass({ reclaimPolicy: 'Recycle', volumeBindingMode: 'Never' }),
    [
      'volumeBindingMode: Unsupported value: "Never": supported values: "Immediate", "WaitForFirstConsumer"',
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
    ],
  ],
  [
    'a class with places that are none',
    StorageClass,
    storageClass(places()),
    ['allowedTopologies[0].matchLabelExpressions[0].values: Required value'],
  ],
  [
    'a class with the same place twice',
    StorageClass,
    storageClass(places('a', 'a')),
    ['allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"'],
  ],
  [
    'a class of settings without any',
    VolumeAttributesClass,
    { driverName: 'example.com' },
    ['parameters: Required value: must contain at least one key/value pair'],
  ],
  ['a driver', CSIDriver, { spec: {} }, []],
  [
    'a driver with tokens that cannot be',
    CSIDriver,
    {
      spec: {
        tokenRequests: [{ audience: 'a', expirationSeconds: 60 }, { audience: 'a' }],
        volumeLifecycleModes: ['Often'],
        nodeAllocatableUpdatePeriodSeconds: 5,
        fsGroupPolicy: 'Some',
      },
    },
    [
      'spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.volumeLifecycleModes: Unsupported value: "Often": supported values: "Persistent", "Ephemeral"',
      'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 5: must be greater than or equal to 10 seconds',
    ],
  ],
  [
    'a node with a driver twice',
    CSINode,
    node({ name: 'd', nodeID: 'n' }, { name: 'd', allocatable: { count: -1 }, topologyKeys: ['z', 'z'] }),
    [
      'spec.drivers[1].nodeID: Required value',
      'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
      'spec.drivers[1]: Duplicate value: "z"',
      'spec.drivers[1].name: Duplicate value: "d"',
    ],
  ],
  [
    'less than no capacity',
    CSIStorageCapacity,
    { storageClassName: 's', capacity: '-1' },
    ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  ['an attachment of a volume', VolumeAttachment, attachment({ persistentVolumeName: 'v' }), []],
  [
    'an attachment of a volume of a pod',
    VolumeAttachment,
    attachment({ inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], csi } }),
    [],
  ],
  [
    'an attachment of nothing',
    VolumeAttachment,
    attachment({}, { attacher: '' }),
    [
      'spec.attacher: Required value',
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ],
  ],
  [
    'an attachment of a volume of a pod that is more',
    VolumeAttachment,
    attachment({
      inlineVolumeSpec: {
        accessModes: ['ReadWriteOnce'],
        csi,
        capacity: { storage: '1Gi' },
        claimRef: { name: 'c' },
        storageClassName: 's',
        persistentVolumeReclaimPolicy: 'Delete',
        volumeMode: 'Block',
      },
    }),
    [
      'spec.source.inlineVolumeSpec.claimRef: Forbidden: may not be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes',
      'spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of inline volumes',
    ],
  ],
]
for (const [what, kind, sent, expected] of wrong) {
  test(`${what} is told what is wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

const changes: readonly (readonly [string, AnyKind, object, object, readonly string[]])[] = [
  [
    'a class of storage',
    StorageClass,
    storageClass({ parameters: { a: '1' } }),
    { provisioner: 'q', reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' },
    [
      'parameters: Forbidden: updates to parameters are forbidden.',
      'provisioner: Forbidden: updates to provisioner are forbidden.',
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ],
  ],
  [
    'whether a class of storage lets volumes grow',
    StorageClass,
    storageClass(),
    storageClass({ allowVolumeExpansion: true }),
    [],
  ],
  [
    'a class of settings',
    VolumeAttributesClass,
    { driverName: 'd', parameters: { a: '1' } },
    { driverName: 'd', parameters: { a: '2' } },
    ['parameters: Forbidden: updates to parameters are forbidden.'],
  ],
  [
    'a driver',
    CSIDriver,
    { spec: {} },
    { spec: { attachRequired: false } },
    ['spec.attachedRequired: Invalid value: false: field is immutable'],
  ],
  [
    'how many volumes fit',
    CSINode,
    node({ name: 'd', nodeID: 'n' }),
    node({ name: 'd', nodeID: 'n', allocatable: { count: 5 } }),
    [],
  ],
  [
    'what a driver calls its node',
    CSINode,
    node({ name: 'd', nodeID: 'n' }),
    node({ name: 'd', nodeID: 'm' }),
    ['CSINodeDriver: Invalid value: {"name":"d","nodeID":"m","topologyKeys":[]}: field is immutable'],
  ],
  [
    'the class of a capacity',
    CSIStorageCapacity,
    { storageClassName: 's' },
    { storageClassName: 't' },
    ['storageClassName: Invalid value: "t": field is immutable'],
  ],
]
for (const [what, kind, before, after, expected] of changes) {
  test(`who changes ${what} is told what never changes`, () => {
    assert.deepEqual(changeProblems(kind, before, after), expected)
  })
}

test('an attachment never changes, and tells no novels', () => {
  const before = attachment({ persistentVolumeName: 'v' })
  assert.equal(changeProblems(VolumeAttachment, before, attachment({ persistentVolumeName: 'w' })).length, 1)
  const status = { attached: false, attachError: { message: 'x'.repeat(1025) } }
  assert.deepEqual(changeProblems(VolumeAttachment, before, { ...before, status }, 'status'), [
    'status.attachError.message: Too long: may not be more than 1024 bytes',
  ])
})

test('what was left out stands', () => {
  const { reclaimPolicy, volumeBindingMode } = made(StorageClass, storageClass())
  assert.deepEqual([reclaimPolicy, volumeBindingMode], ['Delete', 'Immediate'])
  assert.deepEqual(made(CSIDriver, { spec: {} }).spec, {
    attachRequired: true,
    podInfoOnMount: false,
    volumeLifecycleModes: ['Persistent'],
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  })
})

test('the tables have the cells of upstream', () => {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const rows: readonly (readonly [AnyKind, object, string])[] = [
    [
      StorageClass,
      storageClass({ metadata: { annotations } }),
      'Name=a (default) Provisioner=example.com/p ReclaimPolicy=Delete VolumeBindingMode=Immediate AllowVolumeExpansion=false Age=<unknown>',
    ],
    [
      CSIDriver,
      { spec: { tokenRequests: [{ audience: 'x' }, { audience: 'y' }] } },
      'Name=a AttachRequired=true PodInfoOnMount=false StorageCapacity=false TokenRequests=x,y RequiresRepublish=false Modes=Persistent Age=<unknown>',
    ],
    [CSINode, node({ name: 'd', nodeID: 'n' }), 'Name=a Drivers=1 Age=<unknown>'],
    [CSIStorageCapacity, { storageClassName: 's', capacity: '5Gi' }, 'Name=a StorageClassName=s Capacity=5Gi'],
    [
      VolumeAttachment,
      { ...attachment({ persistentVolumeName: 'v' }), status: { attached: true } },
      'Name=a Attacher=d.example.com PV=v Node=n Attached=true Age=<unknown>',
    ],
    [VolumeAttributesClass, { driverName: 'd' }, 'Name=a DriverName=d Age=<unknown>'],
  ]
  for (const [kind, sent, expected] of rows) assert.equal(row(kind, sent), expected)
})
