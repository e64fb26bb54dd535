import { kind, type ObjectOf } from '../kind.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { nameIsPathSegment } from '../names.ts'
import { list, message, opt, req, type TypeOf } from '../schema.ts'
import { PolicyRule } from './rule.ts'
import { validateAggregation, validateRules } from './validate-role.ts'

export const AggregationRule = message(
  'rbac/v1.AggregationRule',
  'Where the rules of a role come from that is put together from others.',
  {
    clusterRoleSelectors: list(LabelSelector)
      .owned('atomic')
      .at(1, 'Picks ClusterRoles by their labels; whichever is picked by one of these adds its rules.'),
  },
)
export type AggregationRule = TypeOf<typeof AggregationRule>

export const ClusterRole = kind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  scope: 'Cluster',
  doc: 'A named set of permissions, for the whole cluster or, by a RoleBinding, for one namespace.',
  fields: {
    rules: req(list(PolicyRule)).owned('atomic').at(2, 'What is allowed; nothing else is.'),
    aggregationRule: opt(AggregationRule).at(
      3,
      'Other roles whose rules this one has; a controller writes the rules then.',
    ),
  },
  generation: false,
  createOnUpdate: true,
  nameRule: nameIsPathSegment,
  validate: ({ rules, aggregationRule }, errors) => {
    validateRules(rules, 'Cluster', errors)
    if (aggregationRule) validateAggregation(aggregationRule.clusterRoleSelectors ?? [], errors)
  },
})
export type ClusterRole = ObjectOf<typeof ClusterRole>
