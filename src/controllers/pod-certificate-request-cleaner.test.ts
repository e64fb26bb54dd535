import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import { stubRequest } from '#lib/stub-request.ts'
import { podCertificateRequestCleaner } from './pod-certificate-request-cleaner.ts'
import { startWorld } from './testing.ts'

const minuteMs = 60_000

test('a request for the certificate of a pod goes after a quarter of an hour', async () => {
  const world = await startWorld({ controllers: [podCertificateRequestCleaner] })
  const { requestDer } = await stubRequest('ED25519')
  await world.client.create(PodCertificateRequest, {
    metadata: { namespace: 'default', name: 'a' },
    spec: {
      signerName: 'example.com/signer',
      podName: 'p',
      podUID: 'p-uid',
      serviceAccountName: 's',
      serviceAccountUID: 's-uid',
      nodeName: 'n',
      nodeUID: 'n-uid',
      stubPKCS10Request: requestDer.toString('base64'),
    },
  })
  await world.advance(15 * minuteMs - 1000)
  assert.ok(await world.get(PodCertificateRequest, 'a', 'default'))
  await world.advance(2000)
  assert.equal(await world.get(PodCertificateRequest, 'a', 'default'), undefined)
  await world.stop()
})
