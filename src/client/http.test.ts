import assert from 'node:assert/strict'
import { once } from 'node:events'
import { constants, createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { before, describe, type TestContext, test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { isConflict, isGone, isNotFound, StatusError } from '#api/status-error.ts'
import { type Clock, realClock, settle, VirtualClock } from '#lib/clock.ts'
import { createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import { until } from '#lib/testing.ts'
import { type TestServer, testServer } from '#server/fixture.ts'
import { serveHttps } from '#server/https.ts'
import type { WatchEvent } from './client.ts'
import { HttpClient } from './http.ts'

let authority: KeyPair
let serving: KeyPair

before(async () => {
  const nowMs = realClock.now()
  authority = await createAuthority('test', nowMs)
  const names = { commonName: 'server', ips: ['127.0.0.1'], usages: ['server'] as const }
  serving = await issue(authority, { ...names, nowMs, lifetimeMs: 3_600_000 })
})

interface ClientOptions {
  readonly port: number
  readonly clock?: Clock
  readonly token?: () => string
}

function clientOf(t: TestContext, { port, clock = realClock, token }: ClientOptions): HttpClient {
  const client = new HttpClient({
    url: `https://127.0.0.1:${port}`,
    credentials: () => ({ authorityPem: authority.certPem, ...(token ? { token: token() } : {}) }),
    userAgent: 'test/1',
    clock,
  })
  t.after(() => client.close())
  return client
}

/** The real server over HTTPS. */
async function serve(core: TestServer, port = 0) {
  const options = { host: '127.0.0.1', port, ...serving, clientAuthorityPem: authority.certPem, clock: realClock }
  return serveHttps({ ...options, handle: core.server.handle })
}

interface Scripted {
  readonly port: number
  readonly sessions: ServerHttp2Session[]
}

/** A server that does what a test says. */
async function scripted(
  t: TestContext,
  onStream: (stream: ServerHttp2Stream, path: string, session: number) => void,
): Promise<Scripted> {
  const server = createSecureServer({ cert: serving.certPem, key: serving.keyPem })
  const sessions: ServerHttp2Session[] = []
  server.on('session', (session) => {
    sessions.push(session)
    session.on('error', () => undefined)
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    onStream(
      stream as ServerHttp2Stream,
      String(headers[':path']),
      sessions.indexOf(stream.session as ServerHttp2Session),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sessions }
}

const answer = (stream: ServerHttp2Stream, text: string, status = 200): void => {
  stream.respond({ ':status': status, 'content-type': 'application/json' })
  stream.end(text)
}

const object = (name: string, data = '1') => ({
  apiVersion: 'v1' as const,
  kind: 'ConfigMap' as const,
  metadata: { name, namespace: 'default' },
  data: { a: data },
})
const line = (type: string, name: string) => `${JSON.stringify({ type, object: object(name) })}\n`

type Batches = AsyncIterable<readonly WatchEvent<ConfigMap>[]>

const namesOf = (events: readonly WatchEvent<ConfigMap>[]) => events.map((event) => event.object.metadata.name)

async function collect(batches: Batches): Promise<readonly string[]> {
  const names: string[] = []
  for await (const events of batches) names.push(...namesOf(events).map(String))
  return names
}

const watchOf = (client: HttpClient, signal = new AbortController().signal) =>
  client.watch(ConfigMap, { namespace: 'default', resourceVersion: '1', signal })

describe('against the real server', () => {
  test('all verbs do what they say', async (t) => {
    const core = await testServer()
    const server = await serve(core)
    t.after(() => Promise.all([server.stop(0), core.stop()]))
    const client = clientOf(t, server.address)
    const ref = { namespace: 'default', name: 'a' }
    const made = await client.create(ConfigMap, object('a'))
    assert.equal(made.metadata.managedFields?.[0]?.manager, 'test')
    assert.ok(Object.isFrozen(made.data))
    assert.deepEqual((await client.get(ConfigMap, ref)).data, { a: '1' })
    const next = await client.update(ConfigMap, { ...made, data: { a: '2' } })
    await assert.rejects(client.update(ConfigMap, { ...made, data: { a: '3' } }), isConflict)
    assert.deepEqual((await client.patch(ConfigMap, ref, { data: { b: '1' } }, { type: 'merge' })).data, {
      a: '2',
      b: '1',
    })
    const { items, resourceVersion } = await client.list(ConfigMap, { namespace: 'default', labelSelector: '!x' })
    assert.deepEqual(
      items.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['ConfigMap a'],
    )
    assert.ok(Number(resourceVersion) > Number(next.metadata.resourceVersion))
    await assert.rejects(client.delete(ConfigMap, ref, { uid: 'other' }), isConflict)
    await client.delete(ConfigMap, ref)
    await assert.rejects(client.get(ConfigMap, ref), isNotFound)
    assert.equal(await client.raw({ method: 'GET', path: '/livez' }), 'ok')
  })

  test('a watch tells what happens, until it is left', async (t) => {
    const core = await testServer()
    const server = await serve(core)
    t.after(() => Promise.all([server.stop(0), core.stop()]))
    const client = clientOf(t, server.address)
    const abort = new AbortController()
    const { resourceVersion } = await client.list(ConfigMap)
    const watch = client.watch(ConfigMap, { namespace: 'default', resourceVersion, signal: abort.signal })
    const events = watch[Symbol.asyncIterator]()
    const first = events.next()
    await client.create(ConfigMap, object('a'))
    assert.deepEqual(namesOf((await first).value), ['a'])
    const rest = events.next()
    abort.abort(new Error('enough'))
    await assert.rejects(rest, /enough/)
    assert.equal(await client.raw({ method: 'GET', path: '/livez' }), 'ok')
  })

  test('a server that starts again is found again', async (t) => {
    const core = await testServer()
    t.after(() => core.stop())
    const first = await serve(core)
    const client = clientOf(t, first.address)
    await client.create(ConfigMap, object('a'))
    const watched = collect(client.watch(ConfigMap, { resourceVersion: '1', signal: AbortSignal.timeout(10_000) }))
    await until('the watch', () => core.server.core.registries.of(ConfigMap).hub.watchers > 0)
    await first.stop(0)
    await watched.catch(() => undefined)
    await assert.rejects(client.get(ConfigMap, { namespace: 'default', name: 'a' }), /ECONNREFUSED|closed/)
    const second = await serve(core, first.address.port)
    t.after(() => second.stop(0))
    assert.equal((await client.get(ConfigMap, { namespace: 'default', name: 'a' })).metadata.name, 'a')
  })
})

describe('answers', () => {
  test('that are a Status become the error they stand for', async (t) => {
    const status = {
      kind: 'Status',
      message: 'too many',
      reason: 'TooManyRequests',
      code: 429,
      details: { retryAfterSeconds: 2 },
    }
    const { port } = await scripted(t, (stream) => answer(stream, JSON.stringify(status), 429))
    await assert.rejects(clientOf(t, { port }).list(ConfigMap), (error: StatusError) => {
      assert.ok(error instanceof StatusError)
      assert.deepEqual([error.code, error.reason, error.message], [429, 'TooManyRequests', 'too many'])
      return error.details?.retryAfterSeconds === 2
    })
  })

  test("that are a proxy's page become an error with its text", async (t) => {
    const { port } = await scripted(t, (stream) => answer(stream, '<h1>Bad Gateway</h1>', 502))
    await assert.rejects(clientOf(t, { port }).list(ConfigMap), { code: 502, message: '<h1>Bad Gateway</h1>' })
  })

  test('that break off in the middle are a lost connection, not half an answer', async (t) => {
    const { port } = await scripted(t, (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('{"items":[]', () => stream.session?.destroy())
    })
    await assert.rejects(clientOf(t, { port }).raw({ method: 'GET', path: '/' }), (error: Error) => {
      assert.doesNotMatch(error.message, /JSON/)
      return true
    })
  })

  test('that never come are given up with their signal', async (t) => {
    const closed: number[] = []
    const { port } = await scripted(t, (stream) => {
      stream.on('close', () => closed.push(stream.rstCode))
    })
    const abort = new AbortController()
    const asked = clientOf(t, { port }).raw({ method: 'GET', path: '/', signal: abort.signal })
    await realClock.sleep(0)
    abort.abort(new Error('too long'))
    await assert.rejects(asked, /too long/)
  })
})

describe('a watch', () => {
  test('is put together from whatever pieces it comes in', async (t) => {
    const text = [1, 2, 3].map((i) => line('ADDED', `é${i}`)).join('')
    const { port } = await scripted(t, async (stream) => {
      stream.respond({ ':status': 200 })
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += 7) {
        stream.write(bytes.subarray(at, at + 7))
        await settle()
      }
      stream.end()
    })
    assert.deepEqual(await collect(watchOf(clientOf(t, { port }))), ['é1', 'é2', 'é3'])
  })

  test('whose answer is 410 says that it is gone', async (t) => {
    const status = { kind: 'Status', message: 'too old', reason: 'Expired', code: 410 }
    const { port } = await scripted(t, (stream) => answer(stream, JSON.stringify(status), 410))
    await assert.rejects(collect(watchOf(clientOf(t, { port }))), isGone)
  })

  test('that is told of an error gives what came before it, and then the error', async (t) => {
    const status = { kind: 'Status', message: 'too old resource version', reason: 'Expired', code: 410 }
    const error = `${JSON.stringify({ type: 'ERROR', object: status })}\n`
    const { port } = await scripted(t, (stream) => answer(stream, line('ADDED', 'a') + error + line('ADDED', 'b')))
    const seen: string[] = []
    const run = async () => {
      for await (const events of watchOf(clientOf(t, { port }))) seen.push(...namesOf(events).map(String))
    }
    await assert.rejects(run(), isGone)
    assert.deepEqual(seen, ['a'])
  })

  test('that is left closes its stream and keeps the connection', async (t) => {
    const codes: number[] = []
    const { port, sessions } = await scripted(t, (stream, path) => {
      if (!path.includes('watch')) return answer(stream, '{}')
      stream.respond({ ':status': 200 })
      stream.write(line('ADDED', 'a'))
      stream.on('close', () => codes.push(stream.rstCode))
    })
    const client = clientOf(t, { port })
    for await (const _ of watchOf(client)) break
    await until('the end of the stream', () => codes.length === 1)
    await client.raw({ method: 'GET', path: '/' })
    assert.equal(sessions.length, 1)
  })
})

describe('a connection', () => {
  test('that the server is closing carries on, while new requests take another one', async (t) => {
    const open: ServerHttp2Stream[] = []
    const { port, sessions } = await scripted(t, (stream, path, session) => {
      if (!path.includes('watch')) return answer(stream, JSON.stringify({ session }))
      stream.respond({ ':status': 200 })
      open.push(stream)
    })
    const client = clientOf(t, { port })
    const seen = collect(watchOf(client))
    await until('the watch', () => open.length === 1)
    sessions[0]?.close()
    await until('the news', () => sessions[0]?.closed === true)
    const asked = await client.raw({ method: 'GET', path: '/' }).catch(() => client.raw({ method: 'GET', path: '/' }))
    assert.deepEqual(JSON.parse(asked), { session: 1 })
    open[0]?.end(line('ADDED', 'late'))
    assert.deepEqual(await seen, ['late'])
  })

  test('whose request was refused unseen sends it once more', async (t) => {
    let asked = 0
    const { port } = await scripted(t, (stream, path) => {
      asked++
      if (asked === 1 || path === '/never') stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else answer(stream, 'again')
    })
    const client = clientOf(t, { port })
    assert.equal(await client.raw({ method: 'POST', path: '/', body: 'x' }), 'again')
    assert.equal(asked, 2)
    await assert.rejects(client.raw({ method: 'GET', path: '/never' }), /REFUSED|lost/)
    assert.equal(asked, 4)
  })

  test('whose request was lost after it was seen does not send it again', async (t) => {
    let asked = 0
    const { port } = await scripted(t, (stream) => {
      asked++
      stream.session?.destroy()
    })
    await assert.rejects(clientOf(t, { port }).raw({ method: 'POST', path: '/', body: 'x' }))
    assert.equal(asked, 1)
  })

  test('that no longer answers pings fails what waits on it', async (t) => {
    const { port } = await scripted(t, (stream) => {
      stream.respond({ ':status': 200 })
      stream.write(line('ADDED', 'a'))
    })
    const through = await freezable(t, port)
    const clock = new VirtualClock()
    const client = clientOf(t, { port: through.port, clock })
    const events = watchOf(client)[Symbol.asyncIterator]()
    assert.deepEqual(namesOf((await events.next()).value), ['a'])
    const lost = assert.rejects(events.next(), /no longer answers pings/)
    await clock.advance(15_000)
    await until('the answer to the ping', () => clock.pendingTimers === 1)
    through.freeze()
    await clock.advance(30_000)
    await lost
    assert.equal(clock.pendingTimers, 0)
  })

  test('that does not come about is given up', async (t) => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    t.after(() => {
      silent.close()
      for (const socket of sockets) socket.destroy()
    })
    const clock = new VirtualClock()
    const client = clientOf(t, { port: (silent.address() as AddressInfo).port, clock })
    const abort = new AbortController()
    const asked = client.raw({ method: 'GET', path: '/' })
    const impatient = client.raw({ method: 'GET', path: '/', signal: abort.signal })
    await until('the connection', () => sockets.length === 1)
    abort.abort(new Error('not now'))
    await assert.rejects(impatient, /not now/)
    await clock.advance(15_000)
    await assert.rejects(asked, /has not answered within 15 s/)
    assert.equal(clock.pendingTimers, 0)
  })

  test('takes up new credentials when it is renewed', async (t) => {
    const { port, sessions } = await scripted(t, (stream, _path, session) => answer(stream, String(session)))
    const client = clientOf(t, { port })
    assert.equal(await client.raw({ method: 'GET', path: '/' }), '0')
    client.renew()
    assert.equal(await client.raw({ method: 'GET', path: '/' }), '1')
    assert.equal(sessions.length, 2)
  })

  test('sends the token that is good at the time', async (t) => {
    const server = createSecureServer({ cert: serving.certPem, key: serving.keyPem })
    server.on('stream', (stream, { authorization }) => answer(stream as ServerHttp2Stream, String(authorization)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => void server.close())
    let token = 'one'
    const client = clientOf(t, { port: (server.address() as AddressInfo).port, token: () => token })
    assert.equal(await client.raw({ method: 'GET', path: '/' }), 'Bearer one')
    token = 'two'
    assert.equal(await client.raw({ method: 'GET', path: '/' }), 'Bearer two')
    await client.close()
    await assert.rejects(client.raw({ method: 'GET', path: '/' }), /closed/)
  })
})

/** A way to a server on which, from some moment on, nothing passes any more. */
async function freezable(t: TestContext, port: number): Promise<{ readonly port: number; freeze(): void }> {
  const pairs: Socket[] = []
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    pairs.push(near, far)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far)
    far.pipe(near)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => {
    proxy.close()
    for (const socket of pairs) socket.destroy()
  })
  return {
    port: (proxy.address() as AddressInfo).port,
    freeze: () => {
      for (const socket of pairs) {
        socket.unpipe()
        socket.pause()
      }
    },
  }
}
