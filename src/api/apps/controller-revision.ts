import { ageColumn, nameColumn, none } from '../columns.ts'
import { sameValue } from '../equal.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { any, int64, req } from '../schema.ts'

export const ControllerRevision = kind({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  doc: 'One kept state of a workload, so that it can be gone back to.',
  fields: {
    data: req(any).at(2, 'The state itself, as the controller wrote it; it never changes.'),
    revision: req(int64).at(3, 'The number of the state; a higher one is newer.'),
  },
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Controller',
      description: 'The workload whose state it keeps.',
      value: ({ metadata }) => {
        const owner = metadata.ownerReferences?.find(({ controller }) => controller)
        if (!owner) return none
        const [group, version] = owner.apiVersion.split('/')
        const kind = owner.kind.toLowerCase()
        return version === undefined ? `${kind}/${owner.name}` : `${kind}.${group}/${owner.name}`
      },
    },
    {
      name: 'Revision',
      type: 'integer',
      description: 'The number of the state.',
      value: ({ revision = 0 }) => revision,
    },
    ageColumn,
  ],
  validate: ({ data, revision = 0 }, errors) => {
    if (data === undefined || data === null) errors.required('data', 'data is mandatory')
    if (revision < 0) errors.invalid('revision', revision, 'must be greater than or equal to 0')
  },
  validateUpdate: (next, old, errors) => {
    if (!sameValue(next.data, old.data)) errors.invalid('data', next.data, 'field is immutable')
  },
})
export type ControllerRevision = ObjectOf<typeof ControllerRevision>
