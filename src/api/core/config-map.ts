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
  doc: 'DOC:core/v1.ConfigMap',
  fields: {
    immutable: opt(bool).at(4, 'DOC:core/v1.ConfigMap.immutable'),
    data: map(string).at(2, 'DOC:core/v1.ConfigMap.data'),
    binaryData: map(bytes).at(3, 'DOC:core/v1.ConfigMap.binaryData'),
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
