import { kind, type ObjectOf } from '../kind.ts'
import { bool, list, message, string, type TypeOf } from '../schema.ts'
import { UserInfo } from './user-info.ts'

export const TokenReviewSpec = message('authentication/v1.TokenReviewSpec', 'The token in question.', {
  token: string.at(1, 'The token.'),
  audiences: list(string).owned('atomic').at(2, 'Who wants to accept the token; it must be meant for one of them.'),
})
export type TokenReviewSpec = TypeOf<typeof TokenReviewSpec>

export const TokenReviewStatus = message('authentication/v1.TokenReviewStatus', 'What the server says of a token.', {
  authenticated: bool.at(1, 'Whether the token belongs to a known user.'),
  user: UserInfo.at(2, 'Whose token it is.'),
  audiences: list(string).owned('atomic').at(4, 'Those of the asked audiences that the token is meant for.'),
  error: string.at(3, 'Why the token could not be checked.'),
})
export type TokenReviewStatus = TypeOf<typeof TokenReviewStatus>

export const TokenReview = kind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  scope: 'Cluster',
  doc: 'Asks whether a token is good, and whose it is.',
  fields: {
    spec: TokenReviewSpec.at(2, 'The token in question.'),
    status: TokenReviewStatus.at(3, 'The answer.'),
  },
  verbs: ['create'],
  generation: false,
})
export type TokenReview = ObjectOf<typeof TokenReview>
