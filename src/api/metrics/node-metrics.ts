// Not in the list of kinds, since nothing is stored: they are answered from what the nodes say.

import { kind, type ObjectOf } from '../kind.ts'
import { duration, map, quantity, req, time } from '../schema.ts'
import { type Measured, type Usage, usageColumns } from './columns.ts'

export const NodeMetrics = kind({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  scope: 'Cluster',
  doc: 'What a node has used lately.',
  fields: {
    timestamp: req(time).at(2, 'The end of the time that was measured.'),
    window: req(duration).at(3, 'The length of the time that was measured.'),
    usage: req(map(quantity)).at(4, 'What was used: cpu and memory.'),
  },
  verbs: ['get', 'list'],
  columns: usageColumns(({ usage }: Measured & { usage: Usage }) => [usage]),
  generation: false,
})
export type NodeMetrics = ObjectOf<typeof NodeMetrics>
