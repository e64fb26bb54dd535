import { LabelSelector } from '../meta/label-selector.ts'
import { ObjectMeta } from '../meta/object-meta.ts'
import { list, message, opt, string, type TypeOf } from '../schema.ts'
import { TypedLocalObjectReference, TypedObjectReference } from './reference.ts'
import { VolumeResourceRequirements } from './resources.ts'

export const PersistentVolumeClaimSpec = message('core/v1.PersistentVolumeClaimSpec', 'What storage is asked for.', {
  accessModes: list(string.oneOf('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'))
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
