import { kind, type ObjectOf } from '../kind.ts'
import { int64, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const BoundObjectReference = message(
  'authentication/v1.BoundObjectReference',
  'DOC:authentication/v1.BoundObjectReference',
  {
    kind: string.at(1, 'DOC:authentication/v1.BoundObjectReference.kind'),
    apiVersion: string.at(2, 'DOC:authentication/v1.BoundObjectReference.apiVersion'),
    name: string.at(3, 'DOC:authentication/v1.BoundObjectReference.name'),
    uid: string.at(4, 'DOC:authentication/v1.BoundObjectReference.uid'),
  },
)
export type BoundObjectReference = TypeOf<typeof BoundObjectReference>

export const TokenRequestSpec = message(
  'authentication/v1.TokenRequestSpec',
  'DOC:authentication/v1.TokenRequestSpec',
  {
    audiences: req(list(string)).owned('atomic').at(1, 'DOC:authentication/v1.TokenRequestSpec.audiences'),
    expirationSeconds: opt(int64).default(3600).at(4, 'DOC:authentication/v1.TokenRequestSpec.expirationSeconds'),
    boundObjectRef: opt(BoundObjectReference).at(3, 'DOC:authentication/v1.TokenRequestSpec.boundObjectRef'),
    attestations: map(list(string)).at(5, 'DOC:authentication/v1.TokenRequestSpec.attestations'),
  },
)
export type TokenRequestSpec = TypeOf<typeof TokenRequestSpec>

export const TokenRequestStatus = message(
  'authentication/v1.TokenRequestStatus',
  'DOC:authentication/v1.TokenRequestStatus',
  {
    token: req(string).at(1, 'DOC:authentication/v1.TokenRequestStatus.token'),
    expirationTimestamp: req(time).at(2, 'DOC:authentication/v1.TokenRequestStatus.expirationTimestamp'),
  },
)
export type TokenRequestStatus = TypeOf<typeof TokenRequestStatus>

const minSeconds = 600
const maxSeconds = 2 ** 32

export const TokenRequest = kind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  scope: 'Namespaced',
  doc: 'DOC:authentication/v1.TokenRequest',
  fields: {
    spec: TokenRequestSpec.at(2, 'DOC:authentication/v1.TokenRequest.spec'),
    status: TokenRequestStatus.at(3, 'DOC:authentication/v1.TokenRequest.status'),
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
