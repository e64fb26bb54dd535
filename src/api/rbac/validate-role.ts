// What roles may allow: every rule has verbs, and is about resources or about paths, never both.

import { type FieldErrors, Path } from '../field-errors.ts'
import type { LabelSelector } from '../meta/label-selector.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import type { PolicyRule } from './rule.ts'

type Scope = 'Namespaced' | 'Cluster'

const given = (list: readonly string[] | undefined): boolean => list !== undefined && list.length > 0

function validateRule(rule: PolicyRule, scope: Scope, path: Path, errors: FieldErrors): void {
  if (!given(rule.verbs)) errors.required(path.child('verbs'), 'verbs must contain at least one value')
  if (given(rule.nonResourceURLs)) {
    const at = path.child('nonResourceURLs')
    if (scope === 'Namespaced') {
      errors.invalid(at, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')
    }
    if (given(rule.apiGroups) || given(rule.resources) || given(rule.resourceNames)) {
      errors.invalid(at, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')
    }
    return
  }
  if (!given(rule.apiGroups)) {
    errors.required(path.child('apiGroups'), 'resource rules must supply at least one api group')
  }
  if (!given(rule.resources)) {
    errors.required(path.child('resources'), 'resource rules must supply at least one resource')
  }
}

export function validateRules(rules: readonly PolicyRule[] | undefined, scope: Scope, errors: FieldErrors): void {
  rules?.forEach((rule, i) => {
    validateRule(rule, scope, Path.of('rules').index(i), errors)
  })
}

export function validateAggregation(selectors: readonly LabelSelector[], errors: FieldErrors): void {
  const path = Path.of('aggregationRule').child('clusterRoleSelectors')
  if (selectors.length === 0) {
    errors.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
  }
  selectors.forEach((selector, i) => {
    validateLabelSelector(selector, path.index(i), errors)
  })
}
