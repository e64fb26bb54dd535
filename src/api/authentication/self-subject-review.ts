import { kind, type ObjectOf } from '../kind.ts'
import { message, type TypeOf } from '../schema.ts'
import { UserInfo } from './user-info.ts'

export const SelfSubjectReviewStatus = message(
  'authentication/v1.SelfSubjectReviewStatus',
  'DOC:authentication/v1.SelfSubjectReviewStatus',
  {
    userInfo: UserInfo.at(1, 'DOC:authentication/v1.SelfSubjectReviewStatus.userInfo'),
  },
)
export type SelfSubjectReviewStatus = TypeOf<typeof SelfSubjectReviewStatus>

export const SelfSubjectReview = kind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  scope: 'Cluster',
  doc: 'DOC:authentication/v1.SelfSubjectReview',
  fields: {
    status: SelfSubjectReviewStatus.at(2, 'DOC:authentication/v1.SelfSubjectReview.status'),
  },
  verbs: ['create'],
  generation: false,
})
export type SelfSubjectReview = ObjectOf<typeof SelfSubjectReview>
