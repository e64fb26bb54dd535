import { ObjectMeta } from '../meta/object-meta.ts'
import { bool, list, map, message, string, type TypeOf } from '../schema.ts'

export const UserInfo = message('authentication/v1.UserInfo', 'DOC:authentication/v1.UserInfo', {
  username: string.at(1, 'DOC:authentication/v1.UserInfo.username'),
  uid: string.at(2, 'DOC:authentication/v1.UserInfo.uid'),
  groups: list(string).owned('atomic').at(3, 'DOC:authentication/v1.UserInfo.groups'),
  extra: map(list(string)).at(4, 'DOC:authentication/v1.UserInfo.extra'),
})
export type UserInfo = TypeOf<typeof UserInfo>

export const TokenReviewSpec = message('authentication/v1.TokenReviewSpec', 'DOC:authentication/v1.TokenReviewSpec', {
  token: string.at(1, 'DOC:authentication/v1.TokenReviewSpec.token'),
  audiences: list(string).owned('atomic').at(2, 'DOC:authentication/v1.TokenReviewSpec.audiences'),
})
export type TokenReviewSpec = TypeOf<typeof TokenReviewSpec>

export const TokenReviewStatus = message(
  'authentication/v1.TokenReviewStatus',
  'DOC:authentication/v1.TokenReviewStatus',
  {
    authenticated: bool.at(1, 'DOC:authentication/v1.TokenReviewStatus.authenticated'),
    user: UserInfo.at(2, 'DOC:authentication/v1.TokenReviewStatus.user'),
    audiences: list(string).owned('atomic').at(4, 'DOC:authentication/v1.TokenReviewStatus.audiences'),
    error: string.at(3, 'DOC:authentication/v1.TokenReviewStatus.error'),
  },
)
export type TokenReviewStatus = TypeOf<typeof TokenReviewStatus>

export const TokenReview = message('authentication/v1.TokenReview', 'DOC:authentication/v1.TokenReview', {
  metadata: ObjectMeta.at(1, 'DOC:authentication/v1.TokenReview.metadata'),
  spec: TokenReviewSpec.at(2, 'DOC:authentication/v1.TokenReview.spec'),
  status: TokenReviewStatus.at(3, 'DOC:authentication/v1.TokenReview.status'),
})
export type TokenReview = TypeOf<typeof TokenReview>

export const SelfSubjectReviewStatus = message(
  'authentication/v1.SelfSubjectReviewStatus',
  'DOC:authentication/v1.SelfSubjectReviewStatus',
  {
    userInfo: UserInfo.at(1, 'DOC:authentication/v1.SelfSubjectReviewStatus.userInfo'),
  },
)
export type SelfSubjectReviewStatus = TypeOf<typeof SelfSubjectReviewStatus>

export const SelfSubjectReview = message(
  'authentication/v1.SelfSubjectReview',
  'DOC:authentication/v1.SelfSubjectReview',
  {
    metadata: ObjectMeta.at(1, 'DOC:authentication/v1.SelfSubjectReview.metadata'),
    status: SelfSubjectReviewStatus.at(2, 'DOC:authentication/v1.SelfSubjectReview.status'),
  },
)
export type SelfSubjectReview = TypeOf<typeof SelfSubjectReview>
