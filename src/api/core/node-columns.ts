// What the table of nodes shows.

import { ageColumn, nameColumn, none } from '../columns.ts'
import type { Column } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { NodeSpec, NodeStatus } from './node-types.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: NodeSpec
  readonly status: NodeStatus
}

function state({ spec, status }: Parts): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')
  const told = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec.unschedulable ? `${told},SchedulingDisabled` : told
}

const rolePrefix = 'node-role.kubernetes.io/'

function roles({ metadata }: Parts): string {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) found.add(key.slice(rolePrefix.length))
    else if (key === 'kubernetes.io/role' && value !== '') found.add(value)
  }
  return found.size === 0 ? none : [...found].sort().join(',')
}

const address = ({ status }: Parts, type: string): string =>
  status.addresses?.find((one) => one.type === type)?.address || none

export const nodeColumns: readonly Column<Parts>[] = [
  nameColumn,
  { name: 'Status', description: 'Whether the node is ready, and takes new pods.', value: state },
  { name: 'Roles', description: 'What the node is for, as its labels say.', value: roles },
  ageColumn,
  {
    name: 'Version',
    description: 'The version of its agent.',
    value: ({ status }) => status.nodeInfo?.kubeletVersion ?? '',
  },
  {
    name: 'Internal-IP',
    priority: 1,
    description: 'Its address inside the cluster.',
    value: (node) => address(node, 'InternalIP'),
  },
  {
    name: 'External-IP',
    priority: 1,
    description: 'Its address outside the cluster.',
    value: (node) => address(node, 'ExternalIP'),
  },
  {
    name: 'OS-Image',
    priority: 1,
    description: 'Its operating system.',
    value: ({ status }) => status.nodeInfo?.osImage || '<unknown>',
  },
  {
    name: 'Kernel-Version',
    priority: 1,
    description: 'The version of its kernel.',
    value: ({ status }) => status.nodeInfo?.kernelVersion || '<unknown>',
  },
  {
    name: 'Container-Runtime',
    priority: 1,
    description: 'What runs its containers.',
    value: ({ status }) => status.nodeInfo?.containerRuntimeVersion || '<unknown>',
  },
]
