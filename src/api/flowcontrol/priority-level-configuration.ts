import { ageColumn, nameColumn, none } from '../columns.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import {
  PriorityLevelConfigurationSpec,
  PriorityLevelConfigurationStatus,
} from './priority-level-configuration-types.ts'
import { validateFlowConditions } from './validate-flow-conditions.ts'
import { validatePriorityLevel } from './validate-priority-level.ts'

export const PriorityLevelConfiguration = kind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  scope: 'Cluster',
  doc: 'How many requests of one importance may run at a time, and what happens to others.',
  fields: {
    spec: PriorityLevelConfigurationSpec.at(2, 'How requests of the level are handled.'),
    status: PriorityLevelConfigurationStatus.at(3, 'What is known of the level.'),
  },
  status: true,
  statusKeeps: allMetadata,
  columns: [
    nameColumn,
    { name: 'Type', description: 'Limited or Exempt.', value: ({ spec }) => spec.type },
    {
      name: 'NominalConcurrencyShares',
      description: 'Its share of the seats.',
      value: ({ spec: { limited } }) => limited?.nominalConcurrencyShares ?? none,
    },
    {
      name: 'Queues',
      description: 'How many queues there are.',
      value: ({ spec: { limited } }) => limited?.limitResponse.queuing?.queues ?? none,
    },
    {
      name: 'HandSize',
      description: 'How many queues each flow may use.',
      value: ({ spec: { limited } }) => limited?.limitResponse.queuing?.handSize ?? none,
    },
    {
      name: 'QueueLengthLimit',
      description: 'How many requests may wait in a queue.',
      value: ({ spec: { limited } }) => limited?.limitResponse.queuing?.queueLengthLimit ?? none,
    },
    ageColumn,
  ],
  validate: validatePriorityLevel,
  validateStatusUpdate: validateFlowConditions,
})
export type PriorityLevelConfiguration = ObjectOf<typeof PriorityLevelConfiguration>
