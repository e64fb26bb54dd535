import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { createServiceAccountTokens, generateSigningKey } from '../authn/service-account.ts'
import { type TestServer, testServer } from '../fixture.ts'

const merge = { 'content-type': 'application/merge-patch+json' }
const pods = '/api/v1/namespaces/default/pods'
const accounts = '/api/v1/namespaces/default/serviceaccounts'
const audience = 'https://kubernetes.default.svc.cluster.local'

describe('subresources', () => {
  let api: TestServer
  before(async () => {
    const tokens = createServiceAccountTokens({
      keyPem: generateSigningKey(),
      issuer: audience,
      apiAudiences: [audience],
      uidOf: () => undefined,
      clock: new VirtualClock(),
      random: seededRandom(3),
    })
    const connect = {
      'pods/log': async ({ name }: { name: string }) => ({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: { type: 'bytes' as const, chunks: [Buffer.from(`log of ${name}`)] },
      }),
    }
    api = await testServer({ tokens, connect })
    await api.ask('POST', pods, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  })
  after(() => api.stop())

  const deployments = '/apis/apps/v1/namespaces/default/deployments'
  const schemas = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'
  const deployment = {
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  }
  const flowSchema = { metadata: { name: 'f' }, spec: { priorityLevelConfiguration: { name: 'exempt' } } }
  for (const [at, object, written] of [
    ['/api/v1/namespaces', { metadata: { name: 'marked' } }, { labels: true, annotations: true }],
    [deployments, deployment, { labels: false, annotations: true }],
    [schemas, flowSchema, { labels: false, annotations: false }],
  ] as const) {
    test(`status: of ${at}, upstream writes ${JSON.stringify(written)} with it`, async () => {
      const created = await api.ask('POST', at, object)
      assert.equal(created.status, 201, created.text)
      const metadata = { labels: { by: 'status' }, annotations: { by: 'status' } }
      const path = `${at}/${object.metadata.name}/status`
      const { json } = await api.ask('PATCH', path, { metadata, status: {} }, merge)
      const { labels = {}, annotations = {}, managedFields = [] } = json.metadata
      assert.deepEqual({ labels: 'by' in labels, annotations: 'by' in annotations }, written)
      const owned = managedFields.find((entry: { subresource?: string }) => entry.subresource === 'status')
      const fields = owned?.fieldsV1['f:metadata'] ?? {}
      assert.deepEqual({ labels: 'f:labels' in fields, annotations: 'f:annotations' in fields }, written)
    })
  }

  const askToken = (spec: object) =>
    api.ask('POST', `${accounts}/default/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })

  test('token signs for the account, bound to a pod that runs as it', async () => {
    const { json: pod } = await api.ask('GET', `${pods}/p`)
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: pod.metadata.uid }
    const { status, json, text } = await askToken({ expirationSeconds: 600, boundObjectRef })
    assert.equal(status, 201, text)
    assert.deepEqual(json.spec.audiences, [audience])
    assert.equal(json.status.expirationTimestamp, '2030-01-01T00:10:00Z')
    const claims = JSON.parse(Buffer.from(json.status.token.split('.')[1], 'base64url').toString())
    assert.deepEqual(claims['kubernetes.io'].pod, { name: 'p', uid: pod.metadata.uid })
    assert.equal(claims.sub, 'system:serviceaccount:default:default')
  })

  for (const [spec, status, message] of [
    [
      { expirationSeconds: 10 },
      422,
      /spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes/,
    ],
    [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } }, 404, /^pods "none" not found$/],
    [
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'x' } },
      409,
      /the UID in the bound object reference \(x\) does not match/,
    ],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'p' } },
      400,
      /cannot bind token to object of type v1, Kind=ConfigMap/,
    ],
  ] as const)
    test(`token refuses ${JSON.stringify(spec)}`, async () => {
      const answer = await askToken(spec)
      assert.equal(answer.status, status, answer.text)
      assert.match(answer.json.message, message)
    })

  test('token of an account that is not there', async () => {
    assert.equal((await api.ask('POST', `${accounts}/none/token`, { spec: {} })).status, 404)
  })

  test('what connects is handed over, if it is registered', async () => {
    assert.equal((await api.ask('GET', `${pods}/p/log`)).text, 'log of p')
    assert.equal((await api.ask('GET', `${pods}/p/attach`)).status, 404)
  })

  test('ephemeralcontainers adds containers and nothing else', async () => {
    const patch = {
      metadata: { labels: { sneaked: 'in' } },
      spec: { ephemeralContainers: [{ name: 'debug', image: 'i' }] },
    }
    const { status, json, text } = await api.ask('PATCH', `${pods}/p/ephemeralcontainers`, patch, merge)
    assert.equal(status, 200, text)
    assert.equal(json.spec.ephemeralContainers[0].name, 'debug')
    assert.equal(json.metadata.labels, undefined)
    const through = await api.ask('PATCH', `${pods}/p`, { spec: { ephemeralContainers: [] } }, merge)
    assert.equal(through.json.spec?.ephemeralContainers?.length ?? 1, 1, through.text)
  })

  test('approval decides on a request, and its status takes the certificate', async () => {
    const url = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
    const request = Buffer.from(
      '-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n',
    ).toString('base64')
    const made = await api.ask('POST', url, {
      metadata: { name: 'r' },
      spec: { request, signerName: 'example.com/x', usages: ['client auth'] },
    })
    if (made.status !== 201) assert.fail(made.text)
    assert.equal(made.json.spec.username, 'admin')
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Because' }]
    const approved = await api.ask('PUT', `${url}/r/approval`, {
      ...made.json,
      status: { conditions, certificate: 'AAAA' },
    })
    assert.equal(approved.status, 200, approved.text)
    assert.equal(approved.json.status.conditions[0].lastUpdateTime, '2030-01-01T00:00:00Z')
    assert.equal(approved.json.status.certificate, undefined)
    assert.equal((await api.ask('POST', `${url}/r/approval`, made.json)).status, 405)
  })

  test('a binding can be tried without effect', async () => {
    const { status } = await api.ask('POST', `${pods}/p/binding?dryRun=All`, { target: { name: 'n' } })
    assert.equal(status, 201)
    assert.equal((await api.ask('GET', `${pods}/p`)).json.spec.nodeName, undefined)
  })
})
