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

const requirement = ({ key, operator, values = [] }: LabelSelectorRequirement): string => {
  const sorted = [...values].sort().join(',')
  if (operator === 'Exists') return key
  if (operator === 'DoesNotExist') return `!${key}`
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${sorted})`
}

/** The selector as it is written in a query, `app=web,tier in (a,b)`; empty when it selects everything. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }))
  const others = (selector?.matchExpressions ?? []).map((one) => ({ key: one.key, text: requirement(one) }))
  return [...equal, ...others]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',')
}
