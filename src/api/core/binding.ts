import { kind, type ObjectOf } from '../kind.ts'
import { ObjectReference } from './reference.ts'

export const Binding = kind({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  scope: 'Namespaced',
  doc: 'DOC:core/v1.Binding',
  fields: {
    target: ObjectReference.at(2, 'DOC:core/v1.Binding.target'),
  },
  verbs: ['create'],
  generation: false,
})
export type Binding = ObjectOf<typeof Binding>
