import { ageColumn, nameColumn } from '../columns.ts'
import { validateDriverName } from '../core/validate-drivers.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { qualifiedName } from '../names.ts'
import { type CSINodeDriver, CSINodeSpec, CSINodeStatus } from './csi-node-types.ts'

const maxNodeIdCharacters = 256

function validateDriver(driver: CSINodeDriver, path: Path, errors: FieldErrors): void {
  const { name = '', nodeID = '', topologyKeys = [], allocatable } = driver
  validateDriverName(name, path.child('name'), errors)
  const idPath = path.child('nodeID')
  if (nodeID === '') errors.required(idPath)
  if (nodeID.length > maxNodeIdCharacters) {
    errors.invalid(idPath, nodeID, `must be ${maxNodeIdCharacters} characters or less`)
  }
  validateNonNegative(allocatable?.count, path.child('allocatable').child('count'), errors)
  topologyKeys.forEach((key, i) => {
    if (key === '') errors.required(path)
    if (topologyKeys.indexOf(key) < i) errors.duplicate(path, key)
    errors.invalidEach(path, key, qualifiedName(key))
  })
}

/** What a driver may say anew of a node where it is already: how many volumes fit there. */
const fixed = ({ allocatable: _, ...driver }: CSINodeDriver) => driver

export const CSINode = kind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  doc: 'The drivers for storage on a node; its name is that of the node.',
  fields: {
    spec: CSINodeSpec.at(2, 'The drivers.'),
    status: CSINodeStatus.at(3, 'The health of their storage.'),
  },
  status: true,
  generation: false,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'How many drivers there are.',
      value: ({ spec }) => spec.drivers?.length ?? 0,
    },
    ageColumn,
  ],
  validate: ({ spec }, errors) => {
    const path = Path.of('spec').child('drivers')
    const seen = new Set<string>()
    spec.drivers?.forEach((driver, i) => {
      validateDriver(driver, path.index(i), errors)
      if (seen.has(driver.name)) errors.duplicate(path.index(i).child('name'), driver.name)
      seen.add(driver.name)
    })
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    for (const before of old.drivers ?? []) {
      const now = next.drivers?.find(({ name }) => name === before.name)
      if (now && !sameValue(fixed(now), fixed(before))) errors.invalid('CSINodeDriver', now, 'field is immutable')
    }
  },
})
export type CSINode = ObjectOf<typeof CSINode>
