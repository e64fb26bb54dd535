import { int64, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const Taint = message('core/v1.Taint', 'DOC:core/v1.Taint', {
  key: req(string).at(1, 'DOC:core/v1.Taint.key'),
  value: string.at(2, 'DOC:core/v1.Taint.value'),
  effect: req(string.oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')).at(3, 'DOC:core/v1.Taint.effect'),
  timeAdded: opt(time).at(4, 'DOC:core/v1.Taint.timeAdded'),
})
export type Taint = TypeOf<typeof Taint>

export const Toleration = message('core/v1.Toleration', 'DOC:core/v1.Toleration', {
  key: string.at(1, 'DOC:core/v1.Toleration.key'),
  operator: string.oneOf('Equal', 'Exists', 'Lt', 'Gt').at(2, 'DOC:core/v1.Toleration.operator'),
  value: string.at(3, 'DOC:core/v1.Toleration.value'),
  effect: string.oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute').at(4, 'DOC:core/v1.Toleration.effect'),
  tolerationSeconds: opt(int64).at(5, 'DOC:core/v1.Toleration.tolerationSeconds'),
})
export type Toleration = TypeOf<typeof Toleration>
