import { LabelSelector } from '../meta/label-selector.ts'
import { ObjectMeta } from '../meta/object-meta.ts'
import { list, message, opt, string, type TypeOf } from '../schema.ts'
import { TypedLocalObjectReference, TypedObjectReference } from './reference.ts'
import { VolumeResourceRequirements } from './resources.ts'

export const PersistentVolumeClaimSpec = message(
  'core/v1.PersistentVolumeClaimSpec',
  'DOC:core/v1.PersistentVolumeClaimSpec',
  {
    accessModes: list(string.oneOf('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'))
      .owned('atomic')
      .at(1, 'DOC:core/v1.PersistentVolumeClaimSpec.accessModes'),
    selector: opt(LabelSelector).at(4, 'DOC:core/v1.PersistentVolumeClaimSpec.selector'),
    resources: VolumeResourceRequirements.at(2, 'DOC:core/v1.PersistentVolumeClaimSpec.resources'),
    volumeName: string.at(3, 'DOC:core/v1.PersistentVolumeClaimSpec.volumeName'),
    storageClassName: opt(string).at(5, 'DOC:core/v1.PersistentVolumeClaimSpec.storageClassName'),
    volumeMode: opt(string.oneOf('Block', 'Filesystem'))
      .default('Filesystem')
      .at(6, 'DOC:core/v1.PersistentVolumeClaimSpec.volumeMode'),
    dataSource: opt(TypedLocalObjectReference).at(7, 'DOC:core/v1.PersistentVolumeClaimSpec.dataSource'),
    dataSourceRef: opt(TypedObjectReference).at(8, 'DOC:core/v1.PersistentVolumeClaimSpec.dataSourceRef'),
    volumeAttributesClassName: opt(string).at(9, 'DOC:core/v1.PersistentVolumeClaimSpec.volumeAttributesClassName'),
  },
)
export type PersistentVolumeClaimSpec = TypeOf<typeof PersistentVolumeClaimSpec>

export const PersistentVolumeClaimTemplate = message(
  'core/v1.PersistentVolumeClaimTemplate',
  'DOC:core/v1.PersistentVolumeClaimTemplate',
  {
    metadata: ObjectMeta.at(1, 'DOC:core/v1.PersistentVolumeClaimTemplate.metadata'),
    spec: PersistentVolumeClaimSpec.at(2, 'DOC:core/v1.PersistentVolumeClaimTemplate.spec'),
  },
)
export type PersistentVolumeClaimTemplate = TypeOf<typeof PersistentVolumeClaimTemplate>
