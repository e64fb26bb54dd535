import { ageColumn, nameColumn } from '../columns.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { PersistentVolumeClaimSpec, PersistentVolumeClaimStatus } from './persistent-volume-claim-types.ts'
import {
  dropUnknownSource,
  normalizeSources,
  sameSource,
  validateClaim,
  validateClaimStatus,
  validateClaimUpdate,
} from './validate-persistent-volume-claim.ts'
import { formatAccessModes, phaseOf, unset } from './volume-columns.ts'
import { claimAnnotationWarnings, claimSpecWarnings, classAnnotation } from './volume-warnings.ts'

export const PersistentVolumeClaim = kind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  scope: 'Namespaced',
  doc: 'A wish for storage, which a volume is bound to.',
  fields: {
    spec: PersistentVolumeClaimSpec.at(2, 'What storage is asked for.'),
    status: PersistentVolumeClaimStatus.at(3, 'What was found for it.'),
  },
  status: true,
  generation: false,
  selectableFields: { name: ({ metadata }) => metadata.name ?? '' },
  columns: [
    nameColumn,
    {
      name: 'Status',
      description: 'Whether a volume is bound to it.',
      value: ({ metadata, status }) => phaseOf(metadata, status.phase),
    },
    { name: 'Volume', description: 'The volume that is bound to it.', value: ({ spec }) => spec.volumeName ?? '' },
    {
      name: 'Capacity',
      description: 'How large the volume is.',
      value: ({ spec, status }) => (spec.volumeName ? (status.capacity?.storage ?? '0') : ''),
    },
    {
      name: 'Access Modes',
      description: 'How the volume can be used.',
      value: ({ spec, status }) => (spec.volumeName ? formatAccessModes(status.accessModes) : ''),
    },
    {
      name: 'StorageClass',
      description: 'The class of storage.',
      value: ({ metadata, spec }) => metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '',
    },
    {
      name: 'VolumeAttributesClass',
      description: 'The class of settings that can be changed later.',
      value: ({ spec }) => spec.volumeAttributesClassName ?? unset,
    },
    ageColumn,
    {
      name: 'VolumeMode',
      priority: 1,
      description: 'Whether it is used as files or as a raw device.',
      value: ({ spec }) => spec.volumeMode ?? unset,
    },
  ],
  prepareForCreate: ({ spec }) => {
    dropUnknownSource(spec)
    normalizeSources(spec)
  },
  prepareForUpdate: ({ spec }, { spec: old }) => {
    if (!sameSource(spec, old)) dropUnknownSource(spec)
    normalizeSources(spec)
  },
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatus,
  warnings: ({ metadata, spec }) => [...claimAnnotationWarnings(metadata), ...claimSpecWarnings(spec, Path.of('spec'))],
})
export type PersistentVolumeClaim = ObjectOf<typeof PersistentVolumeClaim>
