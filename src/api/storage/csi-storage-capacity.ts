import { nameColumn } from '../columns.ts'
import { nodeSelectorWarnings } from '../core/node-label-warnings.ts'
import { sameValue } from '../equal.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { nameIsDnsSubdomain } from '../names.ts'
import { Quantity } from '../quantity.ts'
import { opt, quantity, req, string } from '../schema.ts'

export const CSIStorageCapacity = kind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  doc: 'How much storage of a class is left in some place.',
  fields: {
    nodeTopology: opt(LabelSelector).at(2, 'The nodes from which it can be reached; none unless given.'),
    storageClassName: req(string).at(3, 'The class of storage.'),
    capacity: opt(quantity).at(4, 'How much is left in all.'),
    maximumVolumeSize: opt(quantity).at(5, 'How large a single volume can be.'),
  },
  generation: false,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'StorageClassName',
      description: 'The class of storage.',
      value: ({ storageClassName }) => storageClassName ?? '',
    },
    { name: 'Capacity', description: 'How much is left in all.', value: ({ capacity }) => capacity ?? '<unset>' },
  ],
  validate: ({ nodeTopology, storageClassName = '', capacity, maximumVolumeSize }, errors) => {
    if (nodeTopology) validateLabelSelector(nodeTopology, Path.of('nodeTopology'), errors)
    errors.invalidEach('storageClassName', storageClassName, nameIsDnsSubdomain(storageClassName, false))
    for (const [field, amount] of Object.entries({ capacity, maximumVolumeSize })) {
      if (amount === undefined || Quantity.parse(amount).sign >= 0) continue
      errors.invalid(field, amount, 'must be greater than or equal to 0')
    }
  },
  warnings: ({ nodeTopology }) => nodeSelectorWarnings(nodeTopology, Path.of('nodeTopology')),
  validateUpdate: (next, old, errors) => {
    for (const field of ['nodeTopology', 'storageClassName'] as const) {
      if (!sameValue(next[field], old[field])) errors.invalid(field, next[field] ?? null, 'field is immutable')
    }
  },
})
export type CSIStorageCapacity = ObjectOf<typeof CSIStorageCapacity>
