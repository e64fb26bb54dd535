import { nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { list, message, req, string, type TypeOf } from '../schema.ts'

export const ComponentCondition = message('core/v1.ComponentCondition', 'Whether a component is well.', {
  type: req(string).at(1, 'What is found out; always Healthy.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  message: string.at(3, 'What the component said.'),
  error: string.at(4, 'Why it is not well.'),
})
export type ComponentCondition = TypeOf<typeof ComponentCondition>

interface Parts {
  readonly conditions?: readonly ComponentCondition[] | undefined
}

const healthOf = ({ conditions = [] }: Parts): ComponentCondition | undefined =>
  conditions.find(({ type }) => type === 'Healthy')

const health: Readonly<Record<string, string>> = { True: 'Healthy', False: 'Unhealthy' }

export const ComponentStatus = kind({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  scope: 'Cluster',
  doc: 'Whether a component of the control plane is well; no longer kept up.',
  fields: {
    conditions: list(ComponentCondition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(2, 'The latest findings, one of each type.'),
  },
  verbs: ['get', 'list'],
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Status',
      description: 'Whether it is well.',
      value: (component) => health[healthOf(component)?.status ?? ''] ?? 'Unknown',
    },
    { name: 'Message', description: 'What it said.', value: (component) => healthOf(component)?.message ?? '' },
    { name: 'Error', description: 'Why it is not well.', value: (component) => healthOf(component)?.error ?? '' },
  ],
})
export type ComponentStatus = ObjectOf<typeof ComponentStatus>
