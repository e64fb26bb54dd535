import { nameColumn } from '../columns.ts'
import { sameValue } from '../equal.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { Condition } from '../meta/condition.ts'
import { GroupResource } from '../meta/group-resource.ts'
import { list, message, string, type TypeOf } from '../schema.ts'
import { validateMigration, validateMigrationStatus } from './validate-migration.ts'

export const StorageVersionMigrationSpec = message(
  'storagemigration/v1.StorageVersionMigrationSpec',
  'What is to be stored anew.',
  {
    resource: GroupResource.at(1, 'The resource; it never changes.'),
  },
)
export type StorageVersionMigrationSpec = TypeOf<typeof StorageVersionMigrationSpec>

export const StorageVersionMigrationStatus = message(
  'storagemigration/v1.StorageVersionMigrationStatus',
  'How far a migration has come.',
  {
    conditions: list(Condition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(1, 'The latest findings: Running, Succeeded or Failed.'),
    resourceVersion: string.at(2, 'The revision up to which objects are stored anew; it never changes once it is set.'),
  },
)
export type StorageVersionMigrationStatus = TypeOf<typeof StorageVersionMigrationStatus>

export const StorageVersionMigration = kind({
  group: 'storagemigration.k8s.io',
  version: 'v1',
  kind: 'StorageVersionMigration',
  plural: 'storageversionmigrations',
  scope: 'Cluster',
  doc: 'Stores all objects of a resource anew, in the version that is stored now.',
  fields: {
    spec: StorageVersionMigrationSpec.at(2, 'What is to be stored anew.'),
    status: StorageVersionMigrationStatus.at(3, 'How far that has come.'),
  },
  status: true,
  statusKeeps: allMetadata,
  columns: [
    nameColumn,
    {
      name: 'Resource',
      description: 'The resource that is stored anew.',
      value: ({ spec: { resource } }) =>
        resource.group ? `${resource.resource}.${resource.group}` : resource.resource,
    },
  ],
  validate: validateMigration,
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    if (!sameValue(next, old)) errors.invalid('spec', next, 'field is immutable')
  },
  validateStatusUpdate: validateMigrationStatus,
})
export type StorageVersionMigration = ObjectOf<typeof StorageVersionMigration>
