import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { int32, message, req, string, type TypeOf } from '../schema.ts'

export const ScaleSpec = message('autoscaling/v1.ScaleSpec', 'The wanted size.', {
  replicas: int32.at(1, 'How many replicas are wanted.'),
})
export type ScaleSpec = TypeOf<typeof ScaleSpec>

export const ScaleStatus = message('autoscaling/v1.ScaleStatus', 'The size that there is.', {
  replicas: req(int32).at(1, 'How many replicas there are.'),
  selector: string.at(2, 'The labels of the pods that are counted, as they are written in a query.'),
})
export type ScaleStatus = TypeOf<typeof ScaleStatus>

export const Scale = kind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  scope: 'Namespaced',
  doc: 'The size of something that can be scaled, in a form that is the same for all of them.',
  fields: {
    spec: ScaleSpec.at(2, 'The wanted size.'),
    status: ScaleStatus.at(3, 'The size that there is.'),
  },
  verbs: ['get', 'patch', 'update'],
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Desired',
      type: 'integer',
      description: 'How many replicas are wanted.',
      value: ({ spec }) => spec.replicas ?? 0,
    },
    {
      name: 'Available',
      type: 'integer',
      description: 'How many replicas there are.',
      value: ({ status }) => status.replicas,
    },
    ageColumn,
  ],
})
export type Scale = ObjectOf<typeof Scale>
