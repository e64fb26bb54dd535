// The issuer of tokens says where its keys are, to every service account, and a token can be verified with them.

import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { behaviour, type Json } from '../behaviour.ts'
import { claimsOf, makeAccount, tokenOf } from '../fixtures/accounts.ts'

const read = (token: string, part: 0 | 1): Json =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString())

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ServiceAccounts ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer',
    since: '1.21',
  },
  async (t) => {
    await makeAccount(t, 'reader')
    const token = await tokenOf(t, 'reader')
    const reader = t.as({ token })
    const configuration = await reader.get('/.well-known/openid-configuration')
    const { iss, sub } = claimsOf(token)
    assert.equal(configuration.issuer, iss)
    assert.equal(sub, `system:serviceaccount:${t.namespace}:reader`)
    assert.ok(configuration.response_types_supported.includes('id_token'))
    assert.ok(configuration.subject_types_supported.includes('public'))
    assert.match(configuration.jwks_uri, /^https:\/\/.*\/openid\/v1\/jwks$/)

    const { status, headers, body } = await reader.request('GET', '/openid/v1/jwks')
    assert.equal(status, 200)
    assert.match(headers['content-type'] ?? '', /^application\/jwk-set\+json/)
    const { alg, kid } = read(token, 0)
    assert.ok(configuration.id_token_signing_alg_values_supported.includes(alg))
    const key = body.keys.find((each: Json) => each.kid === kid)
    assert.ok(key, 'the key that has signed the token is published')
    assert.equal(key.d, undefined)
    const [head, claims, signature = ''] = token.split('.')
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey({ key, format: 'jwk' }), ...(alg.startsWith('ES') ? { dsaEncoding: 'ieee-p1363' } : {}) },
      Buffer.from(signature, 'base64url'),
    )
    assert.ok(isSigned)
  },
)
