import { kind, type ObjectOf } from '../kind.ts'
import { int32, message, req, string, type TypeOf } from '../schema.ts'

export const ScaleSpec = message('autoscaling/v1.ScaleSpec', 'DOC:autoscaling/v1.ScaleSpec', {
  replicas: int32.at(1, 'DOC:autoscaling/v1.ScaleSpec.replicas'),
})
export type ScaleSpec = TypeOf<typeof ScaleSpec>

export const ScaleStatus = message('autoscaling/v1.ScaleStatus', 'DOC:autoscaling/v1.ScaleStatus', {
  replicas: req(int32).at(1, 'DOC:autoscaling/v1.ScaleStatus.replicas'),
  selector: string.at(2, 'DOC:autoscaling/v1.ScaleStatus.selector'),
})
export type ScaleStatus = TypeOf<typeof ScaleStatus>

export const Scale = kind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  scope: 'Namespaced',
  doc: 'DOC:autoscaling/v1.Scale',
  fields: {
    spec: ScaleSpec.at(2, 'DOC:autoscaling/v1.Scale.spec'),
    status: ScaleStatus.at(3, 'DOC:autoscaling/v1.Scale.status'),
  },
  verbs: ['get', 'patch', 'update'],
  generation: false,
})
export type Scale = ObjectOf<typeof Scale>
