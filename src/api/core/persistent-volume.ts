import { formatTime } from '#lib/clock.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { PersistentVolumeSpec, PersistentVolumeStatus } from './persistent-volume-types.ts'
import { validateVolume, validateVolumeUpdate } from './validate-persistent-volume.ts'
import { formatAccessModes, phaseOf, unset } from './volume-columns.ts'
import { classAnnotation, volumeWarnings } from './volume-warnings.ts'

export const PersistentVolume = kind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  scope: 'Cluster',
  doc: 'Storage of the cluster, which a claim can be bound to.',
  fields: {
    spec: PersistentVolumeSpec.at(2, 'Where it lies, and how it may be used.'),
    status: PersistentVolumeStatus.at(3, 'Whether it is in use.'),
  },
  status: true,
  generation: false,
  selectableFields: { name: ({ metadata }) => metadata.name ?? '' },
  columns: [
    nameColumn,
    { name: 'Capacity', description: 'How large it is.', value: ({ spec }) => spec.capacity?.storage ?? '0' },
    {
      name: 'Access Modes',
      description: 'How it can be used.',
      value: ({ spec }) => formatAccessModes(spec.accessModes),
    },
    {
      name: 'Reclaim Policy',
      description: 'What happens to it when its claim is gone.',
      value: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    },
    {
      name: 'Status',
      description: 'Whether it is in use.',
      value: ({ metadata, status }) => phaseOf(metadata, status.phase),
    },
    {
      name: 'Claim',
      description: 'The claim that it is bound to.',
      value: ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''),
    },
    {
      name: 'StorageClass',
      description: 'The class of storage.',
      value: ({ metadata, spec }) => metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '',
    },
    {
      name: 'VolumeAttributesClass',
      description: 'The class of settings that it has.',
      value: ({ spec }) => spec.volumeAttributesClassName ?? unset,
    },
    { name: 'Reason', description: 'Why it failed.', value: ({ status }) => status.reason ?? '' },
    ageColumn,
    {
      name: 'VolumeMode',
      priority: 1,
      description: 'Whether it is used as files or as a raw device.',
      value: ({ spec }) => spec.volumeMode ?? unset,
    },
  ],
  prepareForCreate: (volume, { nowMs }) => {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(nowMs) }
  },
  prepareForStatusUpdate: ({ status }, { status: old }, { nowMs }) => {
    if (status.phase === old.phase) status.lastPhaseTransitionTime ??= old.lastPhaseTransitionTime
    else if (status.lastPhaseTransitionTime === old.lastPhaseTransitionTime || !status.lastPhaseTransitionTime) {
      status.lastPhaseTransitionTime = formatTime(nowMs)
    }
  },
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
  warnings: volumeWarnings,
})
export type PersistentVolume = ObjectOf<typeof PersistentVolume>
