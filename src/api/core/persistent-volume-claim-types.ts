// The messages that a claim of storage is made of; the kind itself is in persistent-volume-claim.ts.

import { LabelSelector } from '../meta/label-selector.ts'
import { ObjectMeta } from '../meta/object-meta.ts'
import { list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { VolumeHealthStatus } from './pod-status.ts'
import { TypedLocalObjectReference, TypedObjectReference } from './reference.ts'
import { VolumeResourceRequirements } from './resources.ts'

export const PersistentVolumeClaimSpec = message('core/v1.PersistentVolumeClaimSpec', 'What storage is asked for.', {
  accessModes: list(string.choices('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'))
    .owned('atomic')
    .at(1, 'How the volume must be usable: by one node or many, for reading or writing.'),
  selector: opt(LabelSelector).at(4, 'Which volumes come into question.'),
  resources: VolumeResourceRequirements.at(2, 'How large the volume must be.'),
  volumeName: string.at(3, 'The volume that was found.'),
  storageClassName: opt(string).at(5, 'The class of storage.'),
  volumeMode: opt(string.oneOf('Block', 'Filesystem'))
    .default('Filesystem')
    .at(6, 'Whether it is used as files or as a raw device.'),
  dataSource: opt(TypedLocalObjectReference).at(
    7,
    'What the volume is filled from; dataSourceRef has taken its place.',
  ),
  dataSourceRef: opt(TypedObjectReference).at(8, 'What the volume is filled from.'),
  volumeAttributesClassName: opt(string).at(9, 'The class of settings that can be changed later.'),
})
export type PersistentVolumeClaimSpec = TypeOf<typeof PersistentVolumeClaimSpec>

export const PersistentVolumeClaimTemplate = message(
  'core/v1.PersistentVolumeClaimTemplate',
  'A claim that is made for a pod.',
  {
    metadata: ObjectMeta.at(1, 'Labels and annotations for the claim.'),
    spec: PersistentVolumeClaimSpec.at(2, 'What storage is asked for.'),
  },
)
export type PersistentVolumeClaimTemplate = TypeOf<typeof PersistentVolumeClaimTemplate>

export const ModifyVolumeStatus = message(
  'core/v1.ModifyVolumeStatus',
  "How far the change of a volume's settings has come.",
  {
    targetVolumeAttributesClassName: string.at(1, 'The class of settings that the volume is to get.'),
    status: req(string.oneOf('Pending', 'InProgress', 'Infeasible')).at(2, 'Pending, InProgress or Infeasible.'),
  },
)
export type ModifyVolumeStatus = TypeOf<typeof ModifyVolumeStatus>

export const PersistentVolumeClaimCondition = message(
  'core/v1.PersistentVolumeClaimCondition',
  'One finding about a claim.',
  {
    type: req(string).at(1, 'What is found out, as Resizing or FileSystemResizePending.'),
    status: req(string).at(2, 'True, False or Unknown.'),
    lastProbeTime: time.at(3, 'When the finding was last looked at.'),
    lastTransitionTime: time.at(4, 'When the status last changed.'),
    reason: string.at(5, 'Why the status is as it is, in one word.'),
    message: string.at(6, 'The finding in words.'),
  },
)
export type PersistentVolumeClaimCondition = TypeOf<typeof PersistentVolumeClaimCondition>

export const PersistentVolumeClaimStatus = message('core/v1.PersistentVolumeClaimStatus', 'What is known of a claim.', {
  phase: string.oneOf('Pending', 'Bound', 'Lost').default('Pending').at(1, 'Pending, Bound or Lost.'),
  accessModes: list(string.choices('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'))
    .owned('atomic')
    .at(2, 'How the volume can really be used.'),
  capacity: map(quantity).at(3, 'How large the volume really is.'),
  conditions: list(PersistentVolumeClaimCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(4, 'The latest findings, one of each type.'),
  allocatedResources: map(quantity).at(5, 'How much is set aside for it, more than it has while it grows.'),
  allocatedResourceStatuses: map(
    string.oneOf(
      'ControllerResizeInProgress',
      'ControllerResizeInfeasible',
      'NodeResizePending',
      'NodeResizeInProgress',
      'NodeResizeInfeasible',
    ),
  ).at(7, 'How far the growing of it has come.'),
  currentVolumeAttributesClassName: opt(string).at(8, 'The class of settings that the volume has.'),
  modifyVolumeStatus: opt(ModifyVolumeStatus).at(
    9,
    'How far a change of its settings has come; absent if there is none.',
  ),
  healthStatus: opt(VolumeHealthStatus).at(10, 'The health of the volume.'),
})
export type PersistentVolumeClaimStatus = TypeOf<typeof PersistentVolumeClaimStatus>
