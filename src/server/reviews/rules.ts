// SelfSubjectRulesReview: everything that whoever asks may do in a namespace, for tools that show it. It is no more
// than a view: whether something is allowed is what an access review says.

import type { SelfSubjectRulesReview } from '#api/authorization/self-subject-rules-review.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { badRequest } from '#api/status-error.ts'
import type { Review } from './review.ts'

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): object => ({
  verbs,
  ...(apiGroups?.length ? { apiGroups } : {}),
  ...(resources?.length ? { resources } : {}),
  ...(resourceNames?.length ? { resourceNames } : {}),
})

export const selfSubjectRulesReview: Review = async ({ core, user }, object) => {
  const { namespace = '' } = (object as SelfSubjectRulesReview).spec
  if (namespace === '') throw badRequest('no namespace on request')
  const known = core.rulesFor?.(user, namespace)
  const rules = known?.rules ?? []
  return {
    resourceRules: rules.filter(({ resources }) => resources?.length).map(resourceRule),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: known?.incomplete ?? true,
    ...(known?.error ? { evaluationError: known.error } : {}),
  }
}
