import assert from 'node:assert/strict'
import { test } from 'node:test'
import { made, problems } from '../testing.ts'
import { CertificateSigningRequest } from './certificate-signing-request.ts'

const pem = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n').toString(
  'base64',
)
const good = { request: pem, signerName: 'kubernetes.io/kubelet-serving', usages: ['server auth'] }

test('who asks is what the server knows', () => {
  const request = made(CertificateSigningRequest, { spec: { ...good, username: 'root', groups: ['system:masters'] } })
  assert.equal(request.spec.username, undefined)
  const user = { name: 'me', uid: 'u', groups: ['g'], extra: { scope: ['a'] } }
  CertificateSigningRequest.strategy.prepareForCreate?.(request, { nowMs: 0, user })
  const { username, uid, groups, extra } = request.spec
  assert.deepEqual(
    { username, uid, groups, extra },
    { username: 'me', uid: 'u', groups: ['g'], extra: { scope: ['a'] } },
  )
})

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', {}, []],
  ['no usages', { usages: [] }, ['spec.usages: Required value']],
  ['no signer', { signerName: '' }, ['spec.signerName: Required value']],
  [
    'a signer of older versions',
    { signerName: 'kubernetes.io/legacy-unknown' },
    [
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
  ],
  [
    'too short a time',
    { expirationSeconds: 60 },
    ['spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)'],
  ],
  [
    'no request',
    { request: 'AA==' },
    ['spec.request: Invalid value: "AA==": PEM block type must be CERTIFICATE REQUEST'],
  ],
]
for (const [what, spec, expected] of wrong) {
  test(`a request with ${what} wrong`, () => {
    assert.deepEqual(problems(CertificateSigningRequest, { spec: { ...good, ...spec } }), expected)
  })
}

test('the table tells how far a request has come', () => {
  const request = made(CertificateSigningRequest, { spec: { ...good, expirationSeconds: 86400 } })
  const cells = () => CertificateSigningRequest.columns.slice(2).map(({ value }) => value(request, 0))
  assert.deepEqual(cells(), ['kubernetes.io/kubelet-serving', '', '24h', 'Pending'])
  request.status = { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'AA==' }
  assert.equal(cells()[3], 'Approved,Issued')
})
