// The messages that the drivers of a node is made of; the kind itself is in csi-node.ts.

import { int32, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const VolumeNodeResources = message('storage/v1.VolumeNodeResources', 'What a driver can do on a node.', {
  count: opt(int32).at(1, 'How many of its volumes the node can have; as many as it likes unless given.'),
})
export type VolumeNodeResources = TypeOf<typeof VolumeNodeResources>

export const CSINodeDriver = message('storage/v1.CSINodeDriver', 'A driver on a node.', {
  name: req(string).at(1, 'The name of the driver.'),
  nodeID: req(string).at(2, 'What the driver calls the node.'),
  topologyKeys: req(list(string)).owned('atomic').at(3, 'The labels of the node that say where it stands.'),
  allocatable: opt(VolumeNodeResources).at(4, 'What the driver can do on the node.'),
})
export type CSINodeDriver = TypeOf<typeof CSINodeDriver>

export const CSINodeSpec = message('storage/v1.CSINodeSpec', 'The drivers on a node.', {
  drivers: req(list(CSINodeDriver))
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(1, 'The drivers, one entry for each.'),
})
export type CSINodeSpec = TypeOf<typeof CSINodeSpec>

export const StorageHealthCondition = message(
  'storage/v1.StorageHealthCondition',
  'Something that is wrong with the storage of a driver.',
  {
    status: req(string.oneOf('StorageUnreachable', 'StorageDegraded')).at(1, 'StorageUnreachable or StorageDegraded.'),
    reason: req(string).at(2, 'What is wrong, in one word.'),
    message: string.at(3, 'What is wrong, in words.'),
    accessMode: opt(string.oneOf('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod')).at(
      4,
      'The way of access that it is about; all unless given.',
    ),
    volumeMode: opt(string.oneOf('Block', 'Filesystem')).at(
      5,
      'The sort of volumes that it is about; all unless given.',
    ),
    lastTransitionTime: time.at(6, 'When that last changed.'),
  },
)
export type StorageHealthCondition = TypeOf<typeof StorageHealthCondition>

export const StorageHealth = message('storage/v1.StorageHealth', 'The health of the storage of a driver.', {
  name: req(string).at(1, 'The name of the driver.'),
  healthConditions: list(StorageHealthCondition).owned('atomic').at(2, 'What is wrong with it.'),
})
export type StorageHealth = TypeOf<typeof StorageHealth>

export const CSINodeStatus = message('storage/v1.CSINodeStatus', 'What is known of the drivers on a node.', {
  storageHealth: list(StorageHealth)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(1, 'The health of their storage, one entry for each driver.'),
})
export type CSINodeStatus = TypeOf<typeof CSINodeStatus>
