import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { rangeWarnings } from '../networking/address-warnings.ts'
import { nodeColumns } from './node-columns.ts'
import { NodeSpec, NodeStatus } from './node-types.ts'
import { validateNode, validateNodeStatus, validateNodeUpdate } from './validate-node.ts'

function nodeWarnings({ spec }: { readonly spec: NodeSpec }): string[] {
  const { configSource, externalID, podCIDRs = [] } = spec
  return [
    ...(configSource ? ['spec.configSource: the feature is removed'] : []),
    ...(externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
    ...podCIDRs.flatMap((range, i) => rangeWarnings(range, Path.of('spec').child('podCIDRs').index(i))),
  ]
}

export const Node = kind({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  scope: 'Cluster',
  doc: 'A machine that pods run on.',
  fields: {
    spec: NodeSpec.at(2, 'What is wanted of the node.'),
    status: NodeStatus.at(3, 'What the node says of itself.'),
  },
  status: true,
  generation: false,
  statusOnCreate: true,
  columns: nodeColumns,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeStatus,
  warnings: nodeWarnings,
  defaults: ({ status }) => {
    if (status.capacity) status.allocatable ??= { ...status.capacity }
  },
  subresources: [
    {
      name: 'proxy',
      body: { group: '', version: 'v1', kind: 'NodeProxyOptions' },
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
  ],
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec.unschedulable ?? false) },
})
export type Node = ObjectOf<typeof Node>
