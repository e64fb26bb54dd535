import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuthority, issue } from '#lib/pki.ts'
import { changeProblems, problems } from '../testing.ts'
import { ClusterTrustBundle } from './cluster-trust-bundle.ts'

const nowMs = Date.UTC(2024, 0, 1)
const authority = await createAuthority('root', nowMs)
const leaf = await issue(authority, { commonName: 'x', usages: ['client'], nowMs, lifetimeMs: 3_600_000 })
const { certPem } = authority

const bundle = (trustBundle: string, signerName?: string) => ({ spec: { trustBundle, signerName } })
const at = 'spec.trustBundle: Invalid value: "<value omitted>"'

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', bundle(certPem), []],
  ['text between certificates', bundle(`# root\n${certPem}# end\n`), []],
  ['no certificates', bundle('x'), [`${at}: at least one trust anchor must be provided`]],
  ['the same twice', bundle(certPem + certPem), [`${at}: duplicate trust anchor (indices [0 1])`]],
  ['one that is no authority', bundle(certPem + leaf.certPem), [`${at}: entry 1 does not have the CA bit set`]],
  ['a key', bundle(authority.keyPem), [`${at}: entry 0 has bad block type: PRIVATE KEY`]],
  [
    'headers',
    bundle(certPem.replace('CERTIFICATE-----\n', 'CERTIFICATE-----\nA: b\n\n')),
    [`${at}: entry 0 has PEM block headers`],
  ],
  [
    'rubbish',
    bundle('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    [`${at}: entry 0 does not parse as X.509`],
  ],
  [
    'a name that does not tell the signer',
    bundle(certPem, 'example.com/s'),
    [
      'metadata.name: Invalid value: "a": ClusterTrustBundle for signerName example.com/s must be named with prefix example.com:s:',
    ],
  ],
  [
    'a name that tells a signer who is not there',
    { metadata: { name: 'example.com:s:a' }, ...bundle(certPem) },
    [
      'metadata.name: Invalid value: "example.com:s:a": ClusterTrustBundle without signer name must not have ":" in its name',
    ],
  ],
  ['nothing but a signer', { metadata: { name: 'example.com:s:a' }, ...bundle(certPem, 'example.com/s') }, []],
]
for (const [what, sent, expected] of wrong) {
  test(`a bundle with ${what} wrong`, () => {
    assert.deepEqual(problems(ClusterTrustBundle, sent), expected)
  })
}

test('a bundle keeps its signer', () => {
  assert.deepEqual(changeProblems(ClusterTrustBundle, bundle(certPem), bundle(certPem, 'example.com/s')), [
    'spec.signerName: Invalid value: "example.com/s": field is immutable',
  ])
})
