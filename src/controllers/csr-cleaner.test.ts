import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { createAuthority, requestCertificate } from '#lib/pki.ts'
import { csrCleaner, leavesAtMs } from './csr-cleaner.ts'
import { startWorld } from './testing.ts'

const hourMs = 3_600_000
const base64 = (text: string): string => Buffer.from(text).toString('base64')
let certificate = ''
let request = ''

before(async () => {
  // Good for ten years from the day on which time begins.
  certificate = base64((await createAuthority('test', 0)).certPem)
  request = base64((await requestCertificate({ commonName: 'jane' })).requestPem)
})

const leaving = (createdMs: number, status: object): number | undefined =>
  leavesAtMs({
    metadata: { name: 'a', creationTimestamp: new Date(createdMs).toISOString() },
    status,
  } as unknown as CertificateSigningRequest)
const condition = (type: string, ms: number) => ({
  type,
  status: 'True',
  lastUpdateTime: new Date(ms).toISOString(),
})

test('leavesAtMs() is a day after a request that nobody decides on', () => {
  assert.equal(leaving(1000, {}), 1000 + 24 * hourMs)
})

test('leavesAtMs() is an hour after a decision that has been carried out', () => {
  assert.equal(leaving(0, { conditions: [condition('Denied', 5000)] }), 5000 + hourMs)
  assert.equal(leaving(0, { conditions: [condition('Approved', 5000)], certificate }), 5000 + hourMs)
  const failed = [condition('Approved', 5000), condition('Failed', 9000)]
  assert.equal(leaving(0, { conditions: failed }), 9000 + hourMs)
})

test('leavesAtMs() is open while a signer is to do its part, and when a decision has no time', () => {
  assert.equal(leaving(0, { conditions: [condition('Approved', 5000)] }), undefined)
  assert.equal(leaving(0, { conditions: [{ type: 'Denied', status: 'True' }] }), undefined)
})

test('leavesAtMs() is the end of the certificate where the decision has no time', () => {
  const atMs = leaving(0, { conditions: [{ type: 'Approved', status: 'True' }], certificate })
  assert.ok(atMs !== undefined && atMs > 0)
  assert.equal(leaving(0, { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'x' }), undefined)
})

test('a request goes when its time is over', async () => {
  const world = await startWorld({ controllers: [csrCleaner] })
  const spec = { request, signerName: 'example.com/signer', usages: ['client auth' as const] }
  await world.client.create(CertificateSigningRequest, { metadata: { name: 'a' }, spec })
  await world.advance(24 * hourMs - 1000)
  assert.ok(await world.get(CertificateSigningRequest, 'a'))
  await world.advance(2000)
  assert.equal(await world.get(CertificateSigningRequest, 'a'), undefined)
  await world.stop()
})
