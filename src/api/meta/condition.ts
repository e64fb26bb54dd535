import { int64, message, req, string, type TypeOf, time } from '../schema.ts'

export const Condition = message('meta/v1.Condition', 'DOC:meta/v1.Condition', {
  type: req(string).at(1, 'DOC:meta/v1.Condition.type'),
  status: req(string).at(2, 'DOC:meta/v1.Condition.status'),
  observedGeneration: int64.at(3, 'DOC:meta/v1.Condition.observedGeneration'),
  lastTransitionTime: req(time).at(4, 'DOC:meta/v1.Condition.lastTransitionTime'),
  reason: req(string).at(5, 'DOC:meta/v1.Condition.reason'),
  message: req(string).at(6, 'DOC:meta/v1.Condition.message'),
})
export type Condition = TypeOf<typeof Condition>
