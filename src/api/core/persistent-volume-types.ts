// The messages that a volume of the cluster is made of; the kind itself is in persistent-volume.ts.

import { inline, list, map, message, opt, quantity, string, type TypeOf, time } from '../schema.ts'
import { NodeSelector } from './node-selector.ts'
import { PersistentVolumeSource } from './persistent-volume-source.ts'
import { ObjectReference } from './reference.ts'

export const VolumeNodeAffinity = message('core/v1.VolumeNodeAffinity', 'From which nodes a volume can be reached.', {
  required: opt(NodeSelector).at(1, 'Labels that a node must have to reach it.'),
})
export type VolumeNodeAffinity = TypeOf<typeof VolumeNodeAffinity>

export const PersistentVolumeSpec = message(
  'core/v1.PersistentVolumeSpec',
  'Where a volume lies, and how it may be used.',
  {
    capacity: map(quantity).at(1, 'How large it is.'),
    ...inline(PersistentVolumeSource, 2),
    accessModes: list(string.choices('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'))
      .owned('atomic')
      .at(3, 'How it can be used: by one node or many, for reading or writing.'),
    claimRef: opt(ObjectReference).granular().at(4, 'The claim that it is bound to, or kept for.'),
    persistentVolumeReclaimPolicy: string
      .choices('Recycle', 'Delete', 'Retain')
      .default('Retain')
      .at(5, 'What happens to it when its claim is gone: Retain, Delete or Recycle.'),
    storageClassName: string.at(6, 'The class of storage that it belongs to; none if empty.'),
    mountOptions: list(string).owned('atomic').at(7, 'Options for mounting it, as ro or soft.'),
    volumeMode: opt(string.choices('Block', 'Filesystem'))
      .default('Filesystem')
      .at(8, 'Whether it is used as files or as a raw device.'),
    nodeAffinity: opt(VolumeNodeAffinity).at(9, 'From which nodes it can be reached.'),
    volumeAttributesClassName: opt(string).at(10, 'The class of settings that it has.'),
  },
)
export type PersistentVolumeSpec = TypeOf<typeof PersistentVolumeSpec>

export const PersistentVolumeStatus = message('core/v1.PersistentVolumeStatus', 'What is known of a volume.', {
  phase: string
    .oneOf('Pending', 'Available', 'Bound', 'Released', 'Failed')
    .default('Pending')
    .at(1, 'Pending, Available, Bound, Released or Failed.'),
  message: string.at(2, 'Why it is in that phase, in words.'),
  reason: string.at(3, 'Why it failed, in one word.'),
  lastPhaseTransitionTime: opt(time).at(4, 'When the phase last changed.'),
})
export type PersistentVolumeStatus = TypeOf<typeof PersistentVolumeStatus>
