import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { type Clock, realClock, VirtualClock } from '#lib/clock.ts'
import { createAuthority, issue } from '#lib/pki.ts'
import { createWebhookClient, webhookUrl } from './client.ts'

describe('a webhook', () => {
  let server: Server
  let port = 0
  let caBundle = ''
  let otherBundle = ''
  let connections = 0
  const opened: Duplex[] = []

  before(async () => {
    const nowMs = realClock.now()
    const authority = await createAuthority('hooks', nowMs)
    const names = { dnsNames: ['hook.tools.svc'], ips: ['127.0.0.1'] }
    const serving = await issue(authority, { commonName: 'hook', ...names, usages: ['server'], nowMs, lifetimeMs: 1e7 })
    caBundle = Buffer.from(authority.certPem).toString('base64')
    otherBundle = Buffer.from((await createAuthority('others', nowMs)).certPem).toString('base64')
    server = createServer({ cert: serving.certPem, key: serving.keyPem }, (request, response) => {
      const path = request.url!.split('?')[0]
      if (path === '/silent') return
      if (path === '/broken') return void response.end('{"half":')
      if (path === '/failing') return void response.writeHead(500).end('out of order')
      if (path === '/missing') return void response.writeHead(404).end()
      let text = ''
      request.on('data', (chunk: Buffer) => {
        text += chunk
      })
      request.on('end', () => response.end(JSON.stringify({ url: request.url, said: JSON.parse(text) })))
    })
    server.on('secureConnection', () => connections++)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  after(() => {
    for (const socket of opened) socket.destroy()
    server.closeAllConnections()
    server.close()
  })

  const asking = (clock: Clock = realClock) =>
    createWebhookClient({
      clock,
      dialService: async (service) => {
        assert.deepEqual(service, { namespace: 'tools', name: 'hook', port: 8443 })
        const socket = connect(port, '127.0.0.1')
        opened.push(socket)
        return socket
      },
    })
  const post = (path: string, options: { caBundle?: string; clock?: Clock; signal?: AbortSignal } = {}) =>
    asking(options.clock).post({
      address: { url: `https://127.0.0.1:${port}${path}`, caBundle: options.caBundle ?? caBundle },
      body: { n: 1 },
      timeoutMs: 10_000,
      signal: options.signal ?? new AbortController().signal,
    })
  const failsWith = (asked: Promise<unknown>, message: string) =>
    assert.rejects(asked, (error: Error) => {
      assert.equal(error.message, message)
      return true
    })

  test('is posted the body and told the timeout; its answer is parsed', async () => {
    assert.deepEqual(await post('/ask?x=y'), { url: '/ask?x=y&timeout=10s', said: { n: 1 } })
  })

  test('behind a Service is reached by its name, over one connection for calls that follow each other', async () => {
    const client = asking()
    const service = { namespace: 'tools', name: 'hook', path: '/in', port: 8443 }
    const before = connections
    for (const n of [1, 2]) {
      const what = { address: { service, caBundle }, body: n, timeoutMs: 5000, signal: new AbortController().signal }
      assert.deepEqual(await client.post(what), { url: '/in?timeout=5s', said: n })
    }
    assert.equal(connections - before, 1)
    client.close()
  })

  test('that another authority vouches for is not trusted', () =>
    failsWith(
      post('/ask', { caBundle: otherBundle }),
      `Post "https://127.0.0.1:${port}/ask?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    ))

  test('that does not answer in time is given up', async () => {
    const clock = new VirtualClock()
    const asked = failsWith(
      post('/silent', { clock }),
      `Post "https://127.0.0.1:${port}/silent?timeout=10s": context deadline exceeded`,
    )
    clock.advance(10_000)
    await asked
  })

  test('is no longer waited for when its caller has gone', async () => {
    const gone = new AbortController()
    const asked = assert.rejects(post('/silent', { signal: gone.signal }), /the client has gone/)
    gone.abort(new Error('the client has gone'))
    await asked
  })

  test('that nobody serves is named, with why', () =>
    failsWith(
      createWebhookClient({ clock: realClock }).post({
        address: { url: 'https://127.0.0.1:1/x', caBundle },
        body: {},
        timeoutMs: 1000,
        signal: new AbortController().signal,
      }),
      'Post "https://127.0.0.1:1/x?timeout=1s": dial tcp 127.0.0.1:1: connect: connection refused',
    ))

  for (const [path, message] of [
    ['/failing', 'an error on the server ("out of order") has prevented the request from succeeding'],
    ['/missing', 'the server could not find the requested resource'],
    ['/broken', "couldn't parse the answer as JSON: Unexpected end of JSON input"],
  ] as const) {
    test(`that answers ${path.slice(1)} is quoted in upstream's words`, () => failsWith(post(path), message))
  }
})

test("a Service's address is its name in the cluster, with the path that is configured", () => {
  const service = { namespace: 'n', name: 's', path: '/a/b?c=d' }
  assert.equal(webhookUrl({ service }).href, 'https://s.n.svc/a/b?c=d')
  assert.equal(webhookUrl({ service: { ...service, port: 8443 } }).host, 's.n.svc:8443')
})
