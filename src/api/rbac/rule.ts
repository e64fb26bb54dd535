import { list, message, req, string, type TypeOf } from '../schema.ts'

export const PolicyRule = message('rbac/v1.PolicyRule', 'Verbs that are allowed, and on what.', {
  verbs: req(list(string)).owned('atomic').at(1, 'The verbs, as get or create; * is all of them.'),
  apiGroups: list(string).owned('atomic').at(2, 'The groups of the resources; "" is the core group, * is all.'),
  resources: list(string)
    .owned('atomic')
    .at(3, 'The resources, as pods, or pods/log for a subresource; * is all of them.'),
  resourceNames: list(string).owned('atomic').at(4, 'The only names that the rule is about; all of them unless given.'),
  nonResourceURLs: list(string)
    .owned('atomic')
    .at(5, 'Paths that are no resource; a * at the end stands for whatever follows. Only for ClusterRoles.'),
})
export type PolicyRule = TypeOf<typeof PolicyRule>
