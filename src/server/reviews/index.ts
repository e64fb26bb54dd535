// Which kinds are questions, and who answers them: one line each.

import { SelfSubjectReview } from '#api/authentication/self-subject-review.ts'
import type { AnyKind } from '#api/kind.ts'
import { selfSubjectAccessReview, subjectAccessReview } from './access.ts'
import { selfSubjectReview, tokenReview } from './identity.ts'
import type { Review } from './review.ts'
import { selfSubjectRulesReview } from './rules.ts'

/** kubectl before 1.28 asks in this version, which is not announced. */
export const olderReviews: readonly AnyKind[] = [
  { ...SelfSubjectReview, version: 'v1beta1', apiVersion: 'authentication.k8s.io/v1beta1' },
]

/** By the kind's resource. */
export const reviews: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': selfSubjectAccessReview,
  'subjectaccessreviews.authorization.k8s.io': subjectAccessReview,
  'localsubjectaccessreviews.authorization.k8s.io': subjectAccessReview,
  'selfsubjectrulesreviews.authorization.k8s.io': selfSubjectRulesReview,
  'selfsubjectreviews.authentication.k8s.io': selfSubjectReview,
  'tokenreviews.authentication.k8s.io': tokenReview,
}
