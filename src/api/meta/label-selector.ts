import { list, map, message, req, string, type TypeOf } from '../schema.ts'

export const LabelSelectorRequirement = message('meta/v1.LabelSelectorRequirement', 'A requirement on one label.', {
  key: req(string).at(1, 'The label.'),
  operator: req(string).at(2, 'In, NotIn, Exists or DoesNotExist.'),
  values: list(string).owned('atomic').at(3, 'The values for In and NotIn; empty for the others.'),
})
export type LabelSelectorRequirement = TypeOf<typeof LabelSelectorRequirement>

export const LabelSelector = message(
  'meta/v1.LabelSelector',
  'Picks objects by their labels. All of its parts must hold; an empty one picks all.',
  {
    matchLabels: map(string).at(1, 'Labels that must be there with exactly these values.'),
    matchExpressions: list(LabelSelectorRequirement).owned('atomic').at(2, 'Requirements on labels.'),
  },
).atomic()
export type LabelSelector = TypeOf<typeof LabelSelector>
