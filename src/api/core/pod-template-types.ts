import { ObjectMeta } from '../meta/object-meta.ts'
import { message, type TypeOf } from '../schema.ts'
import { PodSpec } from './pod-spec.ts'

export const PodTemplateSpec = message('core/v1.PodTemplateSpec', 'What pods look like that are made from this.', {
  metadata: ObjectMeta.at(1, 'Labels and annotations of the pods.'),
  spec: PodSpec.at(2, 'What shall run in them.'),
})
export type PodTemplateSpec = TypeOf<typeof PodTemplateSpec>
