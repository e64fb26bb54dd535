// Which requests webhooks and policies are about.

import { inline, list, message, opt, string, type TypeOf } from '../schema.ts'

export const Rule = message('admissionregistration/v1.Rule', 'Which resources are meant.', {
  apiGroups: list(string).owned('atomic').at(1, 'The groups of the resources; "" is the core group, * is all.'),
  apiVersions: list(string).owned('atomic').at(2, 'The versions of the resources; * is all.'),
  resources: list(string)
    .owned('atomic')
    .at(3, 'The resources: pods, pods/log, pods/*, */scale, * for all resources, */* for all with their parts.'),
  scope: opt(string.oneOf('*', 'Cluster', 'Namespaced'))
    .default('*')
    .at(4, 'Cluster for resources of the cluster, Namespaced for those in namespaces, * for both.'),
})
export type Rule = TypeOf<typeof Rule>

export const RuleWithOperations = message('admissionregistration/v1.RuleWithOperations', 'Which requests are meant.', {
  operations: list(string.oneOf('*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'))
    .owned('atomic')
    .at(1, 'CREATE, UPDATE, DELETE or CONNECT; * is all of them.'),
  ...inline(Rule, 2),
})
export type RuleWithOperations = TypeOf<typeof RuleWithOperations>

export const NamedRuleWithOperations = message(
  'admissionregistration/v1.NamedRuleWithOperations',
  'Which requests are meant, if need be only for some names.',
  {
    resourceNames: list(string).owned('atomic').at(1, 'The only names that are meant; all of them unless given.'),
    ...inline(RuleWithOperations, 2),
  },
).atomic()
export type NamedRuleWithOperations = TypeOf<typeof NamedRuleWithOperations>
