// The messages that a range of limits is made of; the kind itself is in limit-range.ts.

import { list, map, message, quantity, req, string, type TypeOf } from '../schema.ts'

export const LimitRangeItem = message('core/v1.LimitRangeItem', 'The bounds for one sort of thing.', {
  type: req(string).at(1, 'What is bounded: Container, Pod or PersistentVolumeClaim.'),
  max: map(quantity).at(2, 'How much may be asked for or used at most.'),
  min: map(quantity).at(3, 'How much must be asked for at least.'),
  default: map(quantity).at(4, 'The limits of containers that have none.'),
  defaultRequest: map(quantity).at(5, 'The requests of containers that have none.'),
  maxLimitRequestRatio: map(quantity).at(6, 'How many times as large as the request a limit may be at most.'),
})
export type LimitRangeItem = TypeOf<typeof LimitRangeItem>

export const LimitRangeSpec = message('core/v1.LimitRangeSpec', 'What things in a namespace may ask for.', {
  limits: req(list(LimitRangeItem)).owned('atomic').at(1, 'The bounds, one entry for each sort of thing.'),
})
export type LimitRangeSpec = TypeOf<typeof LimitRangeSpec>
