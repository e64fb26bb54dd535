import { kind, type ObjectOf } from '../kind.ts'
import { bool, list, message, string, type TypeOf } from '../schema.ts'
import { UserInfo } from './user-info.ts'

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

export const TokenReview = kind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  scope: 'Cluster',
  doc: 'DOC:authentication/v1.TokenReview',
  fields: {
    spec: TokenReviewSpec.at(2, 'DOC:authentication/v1.TokenReview.spec'),
    status: TokenReviewStatus.at(3, 'DOC:authentication/v1.TokenReview.status'),
  },
  verbs: ['create'],
  generation: false,
})
export type TokenReview = ObjectOf<typeof TokenReview>
