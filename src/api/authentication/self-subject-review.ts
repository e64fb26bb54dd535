import { kind, type ObjectOf } from '../kind.ts'
import { message, type TypeOf } from '../schema.ts'
import { UserInfo } from './user-info.ts'

export const SelfSubjectReviewStatus = message('authentication/v1.SelfSubjectReviewStatus', 'Who is asking.', {
  userInfo: UserInfo.at(1, 'The user, as the server has authenticated him.'),
})
export type SelfSubjectReviewStatus = TypeOf<typeof SelfSubjectReviewStatus>

export const SelfSubjectReview = kind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  scope: 'Cluster',
  doc: 'Tells whoever asks who the server takes him for.',
  fields: {
    status: SelfSubjectReviewStatus.at(2, 'The answer.'),
  },
  verbs: ['create'],
  generation: false,
})
export type SelfSubjectReview = ObjectOf<typeof SelfSubjectReview>
