// Not in the list of kinds, since nothing is stored: they are answered from what the nodes say.

import { kind, type ObjectOf } from '../kind.ts'
import { duration, list, map, message, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { type Measured, type Usage, usageColumns } from './columns.ts'

export const ContainerMetrics = message('metrics/v1beta1.ContainerMetrics', 'What a container has used lately.', {
  name: req(string).at(1, 'The name of the container.'),
  usage: req(map(quantity)).at(2, 'What was used: cpu and memory.'),
})
export type ContainerMetrics = TypeOf<typeof ContainerMetrics>

export const PodMetrics = kind({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  scope: 'Namespaced',
  doc: 'What the containers of a pod have used lately.',
  fields: {
    timestamp: req(time).at(2, 'The end of the time that was measured.'),
    window: req(duration).at(3, 'The length of the time that was measured.'),
    containers: req(list(ContainerMetrics)).owned('atomic').at(4, 'What each container used.'),
  },
  verbs: ['get', 'list'],
  columns: usageColumns(({ containers = [] }: Measured & { containers?: readonly { readonly usage: Usage }[] }) =>
    containers.map(({ usage }) => usage),
  ),
  generation: false,
})
export type PodMetrics = ObjectOf<typeof PodMetrics>
