// Which kinds are questions, and who answers them: one line each.

import { selfSubjectAccessReview, subjectAccessReview } from './access.ts'
import { selfSubjectReview, tokenReview } from './identity.ts'
import type { Review } from './review.ts'
import { selfSubjectRulesReview } from './rules.ts'

/** By the kind's resource. */
export const reviews: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': selfSubjectAccessReview,
  'subjectaccessreviews.authorization.k8s.io': subjectAccessReview,
  'localsubjectaccessreviews.authorization.k8s.io': subjectAccessReview,
  'selfsubjectrulesreviews.authorization.k8s.io': selfSubjectRulesReview,
  'selfsubjectreviews.authentication.k8s.io': selfSubjectReview,
  'tokenreviews.authentication.k8s.io': tokenReview,
}
