import { list, message, req, string, type TypeOf } from '../schema.ts'

export const NodeSelectorRequirement = message(
  'core/v1.NodeSelectorRequirement',
  'A requirement on a label or a field of a node.',
  {
    key: req(string).at(1, 'The label or the field.'),
    operator: req(string).at(2, 'In, NotIn, Exists, DoesNotExist, Gt or Lt.'),
    values: list(string)
      .owned('atomic')
      .at(3, 'The values to compare with; one whole number for Gt and Lt, none for Exists and DoesNotExist.'),
  },
)
export type NodeSelectorRequirement = TypeOf<typeof NodeSelectorRequirement>

export const NodeSelectorTerm = message(
  'core/v1.NodeSelectorTerm',
  'Requirements that must all hold; an empty term picks no node.',
  {
    matchExpressions: list(NodeSelectorRequirement).owned('atomic').at(1, 'Requirements on labels.'),
    matchFields: list(NodeSelectorRequirement).owned('atomic').at(2, 'Requirements on fields.'),
  },
).atomic()
export type NodeSelectorTerm = TypeOf<typeof NodeSelectorTerm>

export const NodeSelector = message('core/v1.NodeSelector', 'Picks nodes; one of its terms must hold.', {
  nodeSelectorTerms: req(list(NodeSelectorTerm)).owned('atomic').at(1, 'The terms.'),
}).atomic()
export type NodeSelector = TypeOf<typeof NodeSelector>
