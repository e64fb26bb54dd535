import { kind, type ObjectOf } from '../kind.ts'
import { DeleteOptions } from '../meta/options.ts'
import { opt } from '../schema.ts'

export const Eviction = kind({
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  plural: 'evictions',
  scope: 'Namespaced',
  doc: 'DOC:policy/v1.Eviction',
  fields: {
    deleteOptions: opt(DeleteOptions).at(2, 'DOC:policy/v1.Eviction.deleteOptions'),
  },
  verbs: ['create'],
  generation: false,
})
export type Eviction = ObjectOf<typeof Eviction>
