import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
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
  [
    'labels of the signer',
    { signerName: 'a_.b/c d' },
    [
      `spec.signerName: Invalid value: "a_.b": validating label "a_": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      `spec.signerName: Invalid value: "c d": validating label "c d": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
  ],
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

const decided: readonly (readonly [string, object, readonly string[]])[] = [
  ['an approval', { conditions: [{ type: 'Approved', status: 'True' }] }, []],
  [
    'an approval that is none',
    { conditions: [{ type: 'Approved', status: 'False' }, { type: 'Other' }] },
    [
      'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
      'status.conditions[1].status: Required value',
    ],
  ],
  [
    'both decisions',
    {
      conditions: [
        { type: 'Denied', status: 'True' },
        { type: 'Approved', status: 'True' },
        { type: 'Denied', status: 'True' },
      ],
    },
    [
      'status.conditions: Invalid value: "Approved": Approved and Denied conditions are mutually exclusive',
      'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
      'status.conditions[2].type: Duplicate value: "Denied"',
    ],
  ],
  [
    'no certificate',
    { certificate: 'AA==' },
    ['status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block'],
  ],
  [
    'something else than a certificate',
    { certificate: Buffer.from('-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n').toString('base64') },
    ['status.certificate: Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "KEY"'],
  ],
]
for (const [what, status, expected] of decided) {
  test(`a decision with ${what} is told what is wrong with it`, () => {
    const sent = { metadata: { name: 'a' }, spec: good }
    assert.deepEqual(changeProblems(CertificateSigningRequest, sent, { ...sent, status }, 'approval'), expected)
  })
}

test('the table tells how far a request has come', () => {
  const request = made(CertificateSigningRequest, { spec: { ...good, expirationSeconds: 86400 } })
  const cells = () => CertificateSigningRequest.columns.slice(2).map(({ value }) => value(request, 0))
  assert.deepEqual(cells(), ['kubernetes.io/kubelet-serving', '', '24h', 'Pending'])
  request.status = { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'AA==' }
  assert.equal(cells()[3], 'Approved,Issued')
})
