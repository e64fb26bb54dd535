// OpenID Connect discovery of the issuer of service account tokens, so that others can verify them by themselves.

import { pageNotFound } from './answer.ts'
import type { Call } from './call.ts'
import type { ApiResponse } from './request.ts'

const cached = { 'cache-control': 'public, max-age=3600' }

const document = (type: string, value: object): ApiResponse => ({
  status: 200,
  headers: { 'content-type': type, ...cached },
  body: { type: 'bytes', chunks: [Buffer.from(JSON.stringify(value))] },
})

const isPath = ({ info }: Call, ...path: readonly string[]): boolean =>
  info.segments.length === path.length && path.every((segment, i) => info.segments[i] === segment)

export function wellKnown(call: Call): ApiResponse {
  const { tokens, issuerKeysUrl } = call.core
  if (!tokens || !isPath(call, '.well-known', 'openid-configuration')) return pageNotFound()
  const { issuer, algorithms } = tokens.discovery
  return document('application/json', {
    issuer,
    jwks_uri: issuerKeysUrl ?? new URL('/openid/v1/jwks', issuer).href,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
  })
}

export function issuerKeys(call: Call): ApiResponse {
  const { tokens } = call.core
  if (!tokens || !isPath(call, 'openid', 'v1', 'jwks')) return pageNotFound()
  return document('application/jwk-set+json', { keys: tokens.discovery.keys })
}
