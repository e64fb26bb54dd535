import { kind, type ObjectOf } from '../kind.ts'
import { PodSpec } from './pod-spec.ts'
import { PodStatus } from './pod-status.ts'

export const Pod = kind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  doc: 'DOC:core/v1.Pod',
  fields: {
    spec: PodSpec.at(2, 'DOC:core/v1.Pod.spec'),
    status: PodStatus.at(3, 'DOC:core/v1.Pod.status'),
  },
  status: true,
})
export type Pod = ObjectOf<typeof Pod>
