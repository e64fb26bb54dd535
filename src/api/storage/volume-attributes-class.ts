import { ageColumn, nameColumn } from '../columns.ts'
import { sameValue } from '../equal.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { map, req, string } from '../schema.ts'
import { validateParameters, validateProvisioner } from './validate-parameters.ts'

export const VolumeAttributesClass = kind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  doc: 'A class of settings that a volume can change to while it is in use.',
  fields: {
    driverName: req(string).at(2, 'The driver that understands the settings.'),
    parameters: map(string).at(3, 'The settings.'),
  },
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'DriverName',
      description: 'The driver that understands the settings.',
      value: ({ driverName }) => driverName ?? '',
    },
    ageColumn,
  ],
  validate: ({ driverName = '', parameters = {} }, errors) => {
    const path = Path.of('parameters')
    validateProvisioner(driverName, Path.of('driverName'), errors)
    if (Object.keys(parameters).length === 0) errors.required(path, 'must contain at least one key/value pair')
    else validateParameters(parameters, path, errors)
  },
  validateUpdate: (next, old, errors) => {
    for (const field of ['driverName', 'parameters'] as const) {
      if (!sameValue(next[field], old[field])) errors.forbidden(field, `updates to ${field} are forbidden.`)
    }
  },
})
export type VolumeAttributesClass = ObjectOf<typeof VolumeAttributesClass>
