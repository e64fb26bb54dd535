import { int64, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const Taint = message('core/v1.Taint', 'Keeps pods away from a node that do not tolerate it.', {
  key: req(string).at(1, 'The name of the taint.'),
  value: string.at(2, 'Its value.'),
  effect: req(string.oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')).at(
    3,
    'NoSchedule and PreferNoSchedule concern new pods; NoExecute evicts those that are there.',
  ),
  timeAdded: opt(time).at(4, 'Since when it is there.'),
})
export type Taint = TypeOf<typeof Taint>

export const Toleration = message('core/v1.Toleration', 'Lets a pod onto nodes with certain taints.', {
  key: string.at(1, 'The taint that is tolerated; all unless given, and then the operator must be Exists.'),
  operator: string
    .oneOf('Equal', 'Exists', 'Lt', 'Gt')
    .at(2, 'Equal compares the value, Exists does not; Lt and Gt compare whole numbers.'),
  value: string.at(3, 'The value that is tolerated.'),
  effect: string
    .oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')
    .at(4, 'The effect that is tolerated; all unless given.'),
  tolerationSeconds: opt(int64).at(5, 'For how many seconds a NoExecute is tolerated; for ever unless given.'),
})
export type Toleration = TypeOf<typeof Toleration>
