// What the flags about who decides mean: a server that really asks a webhook over HTTPS, and what is said of wrong ones.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { stringify } from 'yaml'
import { realClock, settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import type { Attributes } from '#server/access.ts'
import { createAuthorizer } from '#server/authz/authorizer.ts'
import { MemoryStore } from '#store/memory.ts'
import { type AuthorizationOptions, authorizationLinks } from './authorization.ts'

const dir = mkdtempSync(join(tmpdir(), 'authorization-'))
after(() => rmSync(dir, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

const pods = (user: string): Attributes => ({
  user: { name: user, groups: [] },
  isResource: true,
  verb: 'get',
  path: '',
  group: '',
  version: 'v1',
  namespace: 'a',
  resource: 'pods',
  subresource: '',
  name: 'p',
})

describe('an authorization webhook', () => {
  let server: Server
  let authority: KeyPair
  let client: KeyPair
  let url = ''
  const asked: { spec: { user: string }; commonName: string; authorization: string | undefined }[] = []
  let failures = 0
  let answers = true

  before(async () => {
    const nowMs = realClock.now()
    authority = await createAuthority('authz', nowMs)
    const about = { nowMs, lifetimeMs: 1e7 }
    const serving = await issue(authority, { commonName: 's', ips: ['127.0.0.1'], usages: ['server'], ...about })
    client = await issue(authority, { commonName: 'the-server', usages: ['client'], ...about })
    const options = {
      cert: serving.certPem,
      key: serving.keyPem,
      ca: authority.certPem,
      requestCert: true,
      rejectUnauthorized: true,
    }
    server = createServer(options, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const review = JSON.parse(Buffer.concat(chunks).toString())
        const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject
        asked.push({ spec: review.spec, commonName: String(CN), authorization: request.headers.authorization })
        if (!answers) return
        if (failures-- > 0) return void response.writeHead(503).end()
        response.end(JSON.stringify({ ...review, status: { allowed: review.spec.user === 'jane' } }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/authorize`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  afterEach(() => {
    asked.length = 0
    failures = 0
    answers = true
  })

  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const kubeconfig = () =>
    file(
      'webhook.yaml',
      stringify({
        'current-context': 'w',
        clusters: [{ name: 'w', cluster: { server: url, 'certificate-authority-data': base64(authority.certPem) } }],
        users: [
          {
            name: 'w',
            user: {
              'client-certificate-data': base64(client.certPem),
              'client-key-data': base64(client.keyPem),
              token: 'secret',
            },
          },
        ],
        contexts: [{ name: 'w', context: { cluster: 'w', user: 'w' } }],
      }),
    )
  const authorizer = (options: AuthorizationOptions, clock = new VirtualClock()) =>
    createAuthorizer(new MemoryStore(clock), authorizationLinks(options, { clock, log: silentLog }))

  test('is asked after the cluster itself, with the credentials of its kubeconfig', async () => {
    const { authorize } = authorizer({ authorizationWebhookConfigFile: kubeconfig() })
    assert.equal((await authorize(pods('jane'))).allowed, true)
    assert.equal((await authorize(pods('tom'))).allowed, false)
    assert.equal((await authorize({ ...pods('x'), user: { name: 'x', groups: ['system:masters'] } })).allowed, true)
    assert.deepEqual(
      asked.map(({ spec, commonName, authorization }) => [spec.user, commonName, authorization]),
      [
        ['jane', 'the-server', 'Bearer secret'],
        ['tom', 'the-server', 'Bearer secret'],
      ],
    )
  })

  test('that is out of order for a moment is asked again', async () => {
    const clock = new VirtualClock()
    const { authorize } = authorizer({ authorizationWebhookConfigFile: kubeconfig() }, clock)
    failures = 2
    let done = false
    const asking = Promise.resolve(authorize(pods('jane'))).finally(() => {
      done = true
    })
    // Beside the deadline there is a timer only while it waits before it tries again.
    while (!done) {
      await settle()
      if (clock.pendingTimers === 2) await clock.advance(1000)
    }
    assert.equal((await asking).allowed, true)
    assert.equal(asked.length, 3)
  })

  test('that does not answer has no opinion', async () => {
    const clock = new VirtualClock()
    const { authorize } = authorizer({ authorizationWebhookConfigFile: kubeconfig() }, clock)
    answers = false
    const asking = authorize(pods('jane'))
    await clock.advance(30_000)
    assert.deepEqual(await asking, { allowed: false, reason: '' })
  })

  test('may be asked first, and only about what its conditions say', async () => {
    const conditions = [{ expression: "request.user != 'tom'" }]
    const configuration = file(
      'configuration.yaml',
      stringify({
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AuthorizationConfiguration',
        authorizers: [
          {
            type: 'Webhook',
            name: 'first',
            webhook: {
              timeout: '3s',
              subjectAccessReviewVersion: 'v1',
              matchConditionSubjectAccessReviewVersion: 'v1',
              failurePolicy: 'Deny',
              connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: kubeconfig() },
              matchConditions: conditions,
            },
          },
          { type: 'AlwaysAllow' },
        ],
      }),
    )
    const { authorize, rulesFor } = authorizer({ authorizationConfig: configuration })
    assert.equal((await authorize(pods('tom'))).allowed, true)
    assert.equal(asked.length, 0)
    assert.equal((await authorize(pods('jane'))).allowed, true)
    assert.equal(asked.length, 1)
    assert.equal(rulesFor({ name: 'tom', groups: [] }, 'a').incomplete, true)
  })

  const wrong: readonly [() => AuthorizationOptions, RegExp][] = [
    [() => ({ authorizationMode: 'ABAC' }), /--authorization-mode: "ABAC" cannot be used: "ABAC" is no mode/],
    [() => ({ authorizationMode: 'Webhook' }), /--authorization-webhook-config-file and the mode Webhook go together/],
    [
      () => ({ authorizationMode: 'RBAC', authorizationWebhookConfigFile: kubeconfig() }),
      /--authorization-webhook-config-file and the mode Webhook go together/,
    ],
    [() => ({ authorizationConfig: '/none' }), /--authorization-config: "\/none" cannot be used: ENOENT/],
    [() => ({ authorizationConfig: '/none', authorizationMode: 'RBAC' }), /does not go with/],
    [
      () => ({ authorizationWebhookConfigFile: '/none' }),
      /--authorization-webhook-config-file: "\/none" cannot be used/,
    ],
    [
      () => ({ authorizationWebhookConfigFile: kubeconfig(), authorizationWebhookVersion: 'v2' }),
      /--authorization-webhook-version: "v2" is neither/,
    ],
    [
      () => ({ authorizationWebhookConfigFile: kubeconfig(), authorizationWebhookCacheAuthorizedTtl: 'long' }),
      /--authorization-webhook-cache-authorized-ttl: "long" cannot be used/,
    ],
  ]
  for (const [options, message] of wrong)
    test(`flags are refused: ${message.source}`, () => {
      assert.throws(() => authorizationLinks(options(), { clock: new VirtualClock(), log: silentLog }), message)
    })
})
