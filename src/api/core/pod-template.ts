import { ObjectMeta } from '../meta/object-meta.ts'
import { message, type TypeOf } from '../schema.ts'
import { PodSpec } from './pod-spec.ts'

export const PodTemplateSpec = message('core/v1.PodTemplateSpec', 'DOC:core/v1.PodTemplateSpec', {
  metadata: ObjectMeta.at(1, 'DOC:core/v1.PodTemplateSpec.metadata'),
  spec: PodSpec.at(2, 'DOC:core/v1.PodTemplateSpec.spec'),
})
export type PodTemplateSpec = TypeOf<typeof PodTemplateSpec>
