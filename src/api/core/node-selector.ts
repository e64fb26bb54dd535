import { list, message, req, string, type TypeOf } from '../schema.ts'

export const NodeSelectorRequirement = message(
  'core/v1.NodeSelectorRequirement',
  'DOC:core/v1.NodeSelectorRequirement',
  {
    key: req(string).at(1, 'DOC:core/v1.NodeSelectorRequirement.key'),
    operator: req(string).at(2, 'DOC:core/v1.NodeSelectorRequirement.operator'),
    values: list(string).owned('atomic').at(3, 'DOC:core/v1.NodeSelectorRequirement.values'),
  },
)
export type NodeSelectorRequirement = TypeOf<typeof NodeSelectorRequirement>

export const NodeSelectorTerm = message('core/v1.NodeSelectorTerm', 'DOC:core/v1.NodeSelectorTerm', {
  matchExpressions: list(NodeSelectorRequirement)
    .owned('atomic')
    .at(1, 'DOC:core/v1.NodeSelectorTerm.matchExpressions'),
  matchFields: list(NodeSelectorRequirement).owned('atomic').at(2, 'DOC:core/v1.NodeSelectorTerm.matchFields'),
}).atomic()
export type NodeSelectorTerm = TypeOf<typeof NodeSelectorTerm>

export const NodeSelector = message('core/v1.NodeSelector', 'DOC:core/v1.NodeSelector', {
  nodeSelectorTerms: req(list(NodeSelectorTerm)).owned('atomic').at(1, 'DOC:core/v1.NodeSelector.nodeSelectorTerms'),
}).atomic()
export type NodeSelector = TypeOf<typeof NodeSelector>
