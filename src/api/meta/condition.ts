import { int64, message, req, string, type TypeOf, time } from '../schema.ts'

export const Condition = message('meta/v1.Condition', 'One finding about an object.', {
  type: req(string).at(1, 'What is found out.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  observedGeneration: int64.at(3, 'The generation of the object that the finding is about.'),
  lastTransitionTime: req(time).at(4, 'When the status last changed.'),
  reason: req(string).at(5, 'Why the status is as it is, in one word.'),
  message: req(string).at(6, 'The finding in words.'),
})
export type Condition = TypeOf<typeof Condition>
