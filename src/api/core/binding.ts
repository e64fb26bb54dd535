import { kind, type ObjectOf } from '../kind.ts'
import { ObjectReference } from './reference.ts'

export const Binding = kind({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  scope: 'Namespaced',
  doc: 'Puts a pod on a node.',
  fields: {
    target: ObjectReference.at(2, 'The node.'),
  },
  verbs: ['create'],
  generation: false,
  validate: ({ target }, errors) => {
    if (target.kind && target.kind !== 'Node') errors.notSupported('target.kind', target.kind, ['Node', '<empty>'])
    if (!target.name) errors.required('target.name')
  },
})
export type Binding = ObjectOf<typeof Binding>
