// The messages that a quota is made of; the kind itself is in resource-quota.ts.

import { list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'

export const ScopedResourceSelectorRequirement = message(
  'core/v1.ScopedResourceSelectorRequirement',
  'A requirement on what a quota counts.',
  {
    scopeName: req(
      string.choices(
        'Terminating',
        'NotTerminating',
        'BestEffort',
        'NotBestEffort',
        'PriorityClass',
        'CrossNamespacePodAffinity',
        'VolumeAttributesClass',
      ),
    ).at(1, 'The scope, as PriorityClass.'),
    operator: req(string.choices('In', 'NotIn', 'Exists', 'DoesNotExist')).at(2, 'In, NotIn, Exists or DoesNotExist.'),
    values: list(string).owned('atomic').at(3, 'The values to compare with; none for Exists and DoesNotExist.'),
  },
)
export type ScopedResourceSelectorRequirement = TypeOf<typeof ScopedResourceSelectorRequirement>

export const ScopeSelector = message(
  'core/v1.ScopeSelector',
  'Picks what a quota counts; all its requirements must hold.',
  {
    matchExpressions: list(ScopedResourceSelectorRequirement).owned('atomic').at(1, 'The requirements.'),
  },
).atomic()
export type ScopeSelector = TypeOf<typeof ScopeSelector>

export const ResourceQuotaSpec = message('core/v1.ResourceQuotaSpec', 'What a namespace may use in all.', {
  hard: map(quantity).at(1, 'The limits, by the name of what is counted.'),
  scopes: list(
    string.choices(
      'Terminating',
      'NotTerminating',
      'BestEffort',
      'NotBestEffort',
      'PriorityClass',
      'CrossNamespacePodAffinity',
      'VolumeAttributesClass',
    ),
  )
    .owned('atomic')
    .at(2, 'What is counted; only that which is in all of these scopes.'),
  scopeSelector: opt(ScopeSelector).at(3, 'What is counted, in more detail.'),
})
export type ResourceQuotaSpec = TypeOf<typeof ResourceQuotaSpec>

export const ResourceQuotaStatus = message('core/v1.ResourceQuotaStatus', 'What a namespace uses.', {
  hard: map(quantity).at(1, 'The limits that are in force.'),
  used: map(quantity).at(2, 'How much is used.'),
})
export type ResourceQuotaStatus = TypeOf<typeof ResourceQuotaStatus>
