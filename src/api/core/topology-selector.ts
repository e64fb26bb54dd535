import { list, message, req, string, type TypeOf } from '../schema.ts'

export const TopologySelectorLabelRequirement = message(
  'core/v1.TopologySelectorLabelRequirement',
  'A requirement on a label of a place.',
  {
    key: req(string).at(1, 'The label.'),
    values: req(list(string)).owned('atomic').at(2, 'The values of which it must have one.'),
  },
)
export type TopologySelectorLabelRequirement = TypeOf<typeof TopologySelectorLabelRequirement>

export const TopologySelectorTerm = message(
  'core/v1.TopologySelectorTerm',
  'Picks places; all its requirements must hold.',
  {
    matchLabelExpressions: list(TopologySelectorLabelRequirement).owned('atomic').at(1, 'The requirements.'),
  },
).atomic()
export type TopologySelectorTerm = TypeOf<typeof TopologySelectorTerm>
