// Who may approve, sign and attest, against the whole server.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createAuthority, requestCertificate } from '#lib/pki.ts'
import type { Attributes } from '../access.ts'
import { type TestServer, testServer } from '../fixture.ts'

const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const bundles = '/apis/certificates.k8s.io/v1/clustertrustbundles'
const clientSigner = 'kubernetes.io/kube-apiserver-client'

let server: TestServer
/** What the one who asks may do with signers, as `approve example.com/*`; everything else he may. */
let permitted: readonly string[] = []

before(async () => {
  server = await testServer({
    authorize: ({ resource, verb, name }: Attributes) => ({
      allowed: resource !== 'signers' || permitted.includes(`${verb} ${name}`),
      reason: '',
    }),
  })
})
after(() => server.stop())

let made = 0
async function request(signerName: string, organizations: readonly string[] = []) {
  const { requestPem } = await requestCertificate({ commonName: 'jane', organizations }, {})
  const spec = { request: Buffer.from(requestPem).toString('base64'), signerName, usages: ['client auth'] }
  return server.ask('POST', requests, { metadata: { name: `r${made++}` }, spec })
}

const condition = (type: string) => ({
  status: { conditions: [{ type, status: 'True', reason: 'Because', message: 'so' }] },
})
const merge = { 'content-type': 'application/merge-patch+json' }

test('approval needs the verb approve for the signer, or for its domain', async () => {
  const { json } = await request('example.com/x')
  const approve = () => server.ask('PATCH', `${requests}/${json.metadata.name}/approval`, condition('Approved'), merge)
  permitted = ['approve example.com/y', 'sign example.com/x']
  const refused = await approve()
  assert.deepEqual(
    [refused.status, refused.json.message],
    [
      403,
      `certificatesigningrequests.certificates.k8s.io "${json.metadata.name}" is forbidden: user not permitted to approve requests with signerName "example.com/x"`,
    ],
  )
  permitted = ['approve example.com/*']
  assert.equal((await approve()).status, 200)
})

test('signing needs the verb sign; other changes of the status do not', async () => {
  const { json } = await request('example.com/x')
  const url = `${requests}/${json.metadata.name}/status`
  permitted = ['approve example.com/x']
  const refused = await server.ask('PATCH', url, condition('Failed'), merge)
  assert.match(refused.json.message, /user not permitted to sign requests with signerName "example.com\/x"$/)
  assert.equal((await server.ask('PATCH', url, { metadata: { labels: { a: 'b' } } }, merge)).status, 200)
  permitted = ['sign example.com/x']
  assert.equal((await server.ask('PATCH', url, condition('Failed'), merge)).status, 200)
})

test('nobody is certified into the group that may do everything', async () => {
  const refused = await request(clientSigner, ['devs', 'system:masters'])
  assert.equal(refused.status, 403)
  assert.match(
    refused.json.message,
    /use of kubernetes.io\/kube-apiserver-client signer with system:masters group is not allowed$/,
  )
  assert.equal((await request(clientSigner, ['devs'])).status, 201)
  assert.equal((await request('example.com/x', ['system:masters'])).status, 201)
})

test('what a signer is trusted by is published by whoever may attest for it', async () => {
  const { certPem } = await createAuthority('x', 1_700_000_000_000)
  const bundle = { metadata: { name: 'example.com:x:a' }, spec: { signerName: 'example.com/x', trustBundle: certPem } }
  permitted = []
  const refused = await server.ask('POST', bundles, bundle)
  assert.match(refused.json.message, /user not permitted to attest for signerName "example.com\/x"$/)
  permitted = ['attest example.com/x']
  assert.equal((await server.ask('POST', bundles, bundle)).status, 201)
  permitted = []
  const free = { metadata: { name: 'free' }, spec: { trustBundle: certPem } }
  assert.equal((await server.ask('POST', bundles, free)).status, 201)
})
