import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePkcs10 } from '#lib/pkcs10.ts'
import { createAuthority, requestCertificate, signRequest } from '#lib/pki.ts'
import { changeProblems, made, problems } from '../testing.ts'
import { PodCertificateRequest } from './pod-certificate-request.ts'

const nowMs = Date.UTC(2024, 0, 1)
const authority = await createAuthority('root', nowMs)
const derOf = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '')
const stub = (await requestCertificate({ commonName: 'x' })).requestPem
const other = (await requestCertificate({ commonName: 'x' })).requestPem

const good = {
  signerName: 'example.com/s',
  podName: 'p',
  podUID: '1',
  serviceAccountName: 'a',
  serviceAccountUID: '2',
  nodeName: 'n',
  nodeUID: '3',
  stubPKCS10Request: derOf(stub),
}
const sent = (spec: object = {}) => ({ spec: { ...good, ...spec } })
const broken = Buffer.from(good.stubPKCS10Request, 'base64')
broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1

test('a request is good for a day unless it says else', () => {
  assert.equal(made(PodCertificateRequest, sent()).spec.maxExpirationSeconds, 86_400)
})

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', sent(), []],
  ['no pod', sent({ podUID: '' }), ['spec.podUID: Invalid value: "": must not be empty']],
  [
    'too short a time',
    sent({ maxExpirationSeconds: 60 }),
    ['spec.maxExpirationSeconds: Invalid value: 60: must be in the range [3600, 7862400]'],
  ],
  [
    'too long a time for one of our own',
    sent({ signerName: 'kubernetes.io/s', maxExpirationSeconds: 86_401 }),
    ['spec.maxExpirationSeconds: Invalid value: 86401: must be in the range [3600, 86400]'],
  ],
  ['no key', sent({ stubPKCS10Request: '' }), ['spec.stubPKCS10Request: Required value']],
  [
    'rubbish for a key',
    sent({ stubPKCS10Request: 'AAAA' }),
    ['spec.stubPKCS10Request: Invalid value: "AAAA": must be a valid PKCS#10 certificate request'],
  ],
  [
    'a signature by somebody else',
    sent({ stubPKCS10Request: broken.toString('base64') }),
    [
      `spec.stubPKCS10Request: Invalid value: "${broken.toString('base64')}": could not verify the signature of the request`,
    ],
  ],
]
for (const [what, object, expected] of wrong) {
  test(`a pod's request with ${what} wrong`, () => {
    assert.deepEqual(problems(PodCertificateRequest, object), expected)
  })
}

test('a request never changes', () => {
  const texts = changeProblems(PodCertificateRequest, sent(), sent({ podName: 'q' }))
  assert.match(texts.join(), /^spec: Invalid value: .*: field is immutable$/)
})

const is = (type: string) => ({
  type,
  status: 'True',
  reason: 'Because',
  message: '',
  lastTransitionTime: '2024-01-01T00:00:00Z',
})
const withStatus = (status: object) => ({ ...sent(), status })
const change = (before: object, after: object) =>
  changeProblems(PodCertificateRequest, withStatus(before), withStatus(after), 'status')

test('a decision is one, and stays', () => {
  assert.deepEqual(change({}, { conditions: [is('Denied')] }), [])
  assert.deepEqual(change({ conditions: [is('Denied')] }, { conditions: [is('Failed')] }), [
    'status: Invalid value: immutable after PodCertificateRequest is issued, denied, or failed',
  ])
  assert.deepEqual(change({}, { conditions: [is('Denied'), is('Failed')] }), [
    'status.conditions[1].type: Invalid value: "Failed": There may be at most one condition with type "Issued", "Denied", or "Failed"',
  ])
  assert.deepEqual(change({}, { certificateChain: 'x' }), [
    'status: Invalid value: status is immutable unless transitioning to "Issued", "Denied", or "Failed"',
  ])
})

test('what is issued is for the key of the request, and tells its times', async () => {
  const sign = (pem: string) => signRequest(authority, pem, { usages: ['client'], nowMs, lifetimeMs: 12 * 3_600_000 })
  const issued = (certificateChain: string, change: object = {}) => ({
    conditions: [is('Issued')],
    certificateChain,
    notBefore: '2023-12-31T23:55:00Z',
    beginRefreshAt: '2024-01-01T06:00:00Z',
    notAfter: '2024-01-01T12:00:00Z',
    ...change,
  })
  const chain = await sign(stub)
  assert.deepEqual(change({}, issued(chain + authority.certPem)), [])
  assert.deepEqual(change({}, issued('')), [
    'status.certificateChain: Invalid value: "": issued certificate chain must contain at least one certificate',
  ])
  assert.match(change({}, issued(await sign(other))).join(), /was not issued to the requested public key$/)
  assert.deepEqual(change({}, issued(chain, { notAfter: '2024-01-01T11:00:00Z' })), [
    'status.notAfter: Invalid value: "2024-01-01T11:00:00Z": must be set to the NotAfter time encoded in the leaf certificate',
  ])
  assert.deepEqual(change({}, issued(chain, { beginRefreshAt: '2024-01-01T11:55:00Z' })), [
    'status.beginRefreshAt: Invalid value: "2024-01-01T11:55:00Z": must be at least 10 minutes before status.notAfter',
  ])
})

test('bytes that end too early are no request, wherever they end', () => {
  const der = Buffer.from(good.stubPKCS10Request, 'base64')
  for (let length = 0; length < der.length; length++) assert.equal(parsePkcs10(der.subarray(0, length)), undefined)
})
