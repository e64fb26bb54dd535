import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bool, bytes, map, opt, string } from '../schema.ts'
import { validateConfigMapData, validateImmutable } from './validate-data.ts'

export const ConfigMap = kind({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  scope: 'Namespaced',
  doc: 'Settings for pods to use.',
  fields: {
    immutable: opt(bool).at(4, 'Once true, the contents never change again.'),
    data: map(string).at(2, 'Texts, by key.'),
    binaryData: map(bytes).at(3, 'Contents that are not text, by key.'),
  },
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Data',
      description: 'How many keys it has.',
      value: ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    },
    ageColumn,
  ],
  validate: ({ data = {}, binaryData = {} }, errors) => validateConfigMapData(data, binaryData, errors),
  validateUpdate: validateImmutable,
})
export type ConfigMap = ObjectOf<typeof ConfigMap>
