import { ageColumn, nameColumn, none } from '../columns.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { FlowSchemaSpec, FlowSchemaStatus } from './flow-schema-types.ts'
import { validateFlowConditions } from './validate-flow-conditions.ts'
import { validateFlowSchema } from './validate-flow-schema.ts'

export const FlowSchema = kind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  scope: 'Cluster',
  doc: 'Sorts requests into priority levels and flows.',
  fields: {
    spec: FlowSchemaSpec.at(2, 'Which requests, and where they go.'),
    status: FlowSchemaStatus.at(3, 'What is known of the schema.'),
  },
  status: true,
  statusKeeps: allMetadata,
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      description: 'The priority level of these requests.',
      value: ({ spec }) => spec.priorityLevelConfiguration.name,
    },
    {
      name: 'MatchingPrecedence',
      description: 'The schema with the smallest number that fits counts.',
      value: ({ spec }) => spec.matchingPrecedence,
    },
    {
      name: 'DistinguisherMethod',
      description: 'How the requests are told apart into flows.',
      value: ({ spec }) => spec.distinguisherMethod?.type ?? none,
    },
    ageColumn,
    {
      name: 'MissingPL',
      description: 'Whether the priority level is not there.',
      value: ({ status }) => status.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    },
  ],
  validate: validateFlowSchema,
  validateStatusUpdate: validateFlowConditions,
})
export type FlowSchema = ObjectOf<typeof FlowSchema>
