import { kind, type ObjectOf } from '../kind.ts'
import { DeleteOptions } from '../meta/options.ts'
import { opt } from '../schema.ts'

export const Eviction = kind({
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  plural: 'evictions',
  scope: 'Namespaced',
  doc: 'Asks for a pod to be deleted, if the budgets for disruptions allow it.',
  fields: {
    deleteOptions: opt(DeleteOptions).at(2, 'How the pod is to be deleted.'),
  },
  verbs: ['create'],
  generation: false,
})
export type Eviction = ObjectOf<typeof Eviction>
