import { list, map, message, req, string, type TypeOf } from '../schema.ts'

export const LabelSelectorRequirement = message(
  'meta/v1.LabelSelectorRequirement',
  'DOC:meta/v1.LabelSelectorRequirement',
  {
    key: req(string).at(1, 'DOC:meta/v1.LabelSelectorRequirement.key'),
    operator: req(string).at(2, 'DOC:meta/v1.LabelSelectorRequirement.operator'),
    values: list(string).owned('atomic').at(3, 'DOC:meta/v1.LabelSelectorRequirement.values'),
  },
)
export type LabelSelectorRequirement = TypeOf<typeof LabelSelectorRequirement>

export const LabelSelector = message('meta/v1.LabelSelector', 'DOC:meta/v1.LabelSelector', {
  matchLabels: map(string).at(1, 'DOC:meta/v1.LabelSelector.matchLabels'),
  matchExpressions: list(LabelSelectorRequirement).owned('atomic').at(2, 'DOC:meta/v1.LabelSelector.matchExpressions'),
}).atomic()
export type LabelSelector = TypeOf<typeof LabelSelector>
