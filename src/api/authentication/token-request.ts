import { kind, type ObjectOf } from '../kind.ts'
import { int64, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const BoundObjectReference = message(
  'authentication/v1.BoundObjectReference',
  'The object that a token lives and dies with.',
  {
    kind: string.at(1, 'The kind of the object: Pod, Secret or Node.'),
    apiVersion: string.at(2, 'The API version of the object.'),
    name: string.at(3, 'The name of the object.'),
    uid: string.at(4, 'The UID of the object; another of the same name is not meant.'),
  },
)
export type BoundObjectReference = TypeOf<typeof BoundObjectReference>

export const TokenRequestSpec = message('authentication/v1.TokenRequestSpec', 'What kind of token is wanted.', {
  audiences: req(list(string))
    .owned('atomic')
    .at(1, 'Who the token is meant for; others must refuse it. The API server unless given.'),
  expirationSeconds: opt(int64)
    .default(3600)
    .at(4, 'How many seconds the token shall be good for; the server may give another time.'),
  boundObjectRef: opt(BoundObjectReference).at(3, 'An object; when it is deleted, the token is no longer good.'),
  attestations: map(list(string)).at(5, 'Further facts that the one who asks vouches for.'),
})
export type TokenRequestSpec = TypeOf<typeof TokenRequestSpec>

export const TokenRequestStatus = message('authentication/v1.TokenRequestStatus', 'A token that was made.', {
  token: req(string).at(1, 'The token.'),
  expirationTimestamp: req(time).at(2, 'When the token stops being good.'),
})
export type TokenRequestStatus = TypeOf<typeof TokenRequestStatus>

const minSeconds = 600
const maxSeconds = 2 ** 32

export const TokenRequest = kind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  scope: 'Namespaced',
  doc: 'Asks for a token of a service account.',
  fields: {
    spec: TokenRequestSpec.at(2, 'What kind of token is wanted.'),
    status: TokenRequestStatus.at(3, 'The token that was made.'),
  },
  verbs: ['create'],
  generation: false,
  validate: ({ spec }, errors) => {
    const { expirationSeconds: seconds = 3600 } = spec
    if (seconds < minSeconds) {
      errors.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')
    }
    if (seconds > maxSeconds) {
      errors.invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds')
    }
  },
})
export type TokenRequest = ObjectOf<typeof TokenRequest>
