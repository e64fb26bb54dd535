import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { Agent, request } from 'node:https'
import { before, describe, type TestContext, test } from 'node:test'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { type Clock, realClock, VirtualClock } from '#lib/clock.ts'
import { createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import { until } from '#lib/testing.ts'
import { type HttpsServer, serveHttps } from './https.ts'
import type { ApiRequest, ApiResponse, Handler } from './request.ts'

const encoder = new TextEncoder()
const text = (...chunks: readonly string[]): ApiResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: { type: 'bytes', chunks: chunks.map((chunk) => encoder.encode(chunk)) },
})
const stream = (batches: AsyncIterable<readonly Uint8Array[]>): ApiResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: { type: 'stream', batches },
})

const sizeOf = ({ body }: ApiRequest): number => (body.type === 'bytes' ? body.bytes.length : 0)

let authority: KeyPair
let serving: KeyPair
let admin: KeyPair
let stranger: KeyPair

before(async () => {
  const nowMs = realClock.now()
  const lifetimeMs = 3_600_000
  authority = await createAuthority('test', nowMs)
  serving = await issue(authority, { commonName: 'server', ips: ['127.0.0.1'], usages: ['server'], nowMs, lifetimeMs })
  const client = { commonName: 'admin', organizations: ['a', 'b'], usages: ['client'] as const, nowMs, lifetimeMs }
  admin = await issue(authority, client)
  stranger = await issue(await createAuthority('other', nowMs), client)
})

async function serve(t: TestContext, handle: Handler, clock: Clock = realClock): Promise<HttpsServer> {
  const server = await serveHttps({
    handle,
    host: '127.0.0.1',
    port: 0,
    ...serving,
    clientAuthorityPem: authority.certPem,
    clock,
  })
  t.after(() => {
    const stopped = server.stop(0)
    if (clock instanceof VirtualClock) return Promise.all([stopped, clock.advance(1)])
    return stopped
  })
  return server
}

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A client of one protocol with one connection. */
interface Peer {
  ask(asked?: Asked): Promise<Answered>
  /** A request whose answer is read by the test; `cancel` gives it up. */
  open(asked?: Asked): Promise<{ readonly body: IncomingMessage | ClientHttp2Stream; cancel(): void }>
  /** Begins an upload and goes away in the middle of it. */
  breakOff(): Promise<void>
}

const tls = (pair: KeyPair | undefined) => ({
  ca: authority.certPem,
  ...(pair ? { cert: pair.certPem, key: pair.keyPem } : {}),
})

function session(t: TestContext, { address: { port } }: HttpsServer, pair?: KeyPair): ClientHttp2Session {
  const made = connect(`https://127.0.0.1:${port}`, { ...tls(pair), maxSessionMemory: 64 })
  made.on('error', () => undefined)
  t.after(() => made.destroy())
  return made
}

/** One frame of HTTP/2. */
function frame(type: number, flags: number, id: number, payload: string | Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, Buffer.from(payload)])
}

async function collect(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function h2(t: TestContext, server: HttpsServer, pair?: KeyPair): Peer {
  const connection = session(t, server, pair)
  const send = ({ method = 'GET', path = '/', headers = {}, body }: Asked = {}) => {
    const head = { ':method': method, ':path': path, ...headers }
    const sent = connection.request(head, { endStream: method === 'GET' || method === 'HEAD' })
    if (body) sent.end(body)
    return sent
  }
  const answerOf = async (sent: ClientHttp2Stream) => {
    // The server may give up the rest of an upload once it has answered.
    const [head] = await once(sent, 'response')
    return { status: Number(head[':status']), headers: head }
  }
  return {
    ask: async (asked) => {
      const sent = send(asked)
      return { ...(await answerOf(sent)), text: await collect(sent) }
    },
    open: async (asked) => {
      const body = send(asked)
      body.on('error', () => undefined)
      await answerOf(body)
      return { body, cancel: () => body.close(constants.NGHTTP2_CANCEL) }
    },
    // Node's own client ends an upload before it resets it; others do not.
    breakOff: async () => {
      const { port } = server.address
      const socket = tlsConnect({ host: '127.0.0.1', port, ca: authority.certPem, ALPNProtocols: ['h2'] })
      socket.on('error', () => undefined)
      t.after(() => socket.destroy())
      const head = Buffer.from('\x83\x87\x04\x05/half\x01\x01a', 'latin1')
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
      socket.write(Buffer.concat([frame(4, 0, 0, ''), frame(1, 4, 1, head), frame(0, 0, 1, 'half')]))
      socket.write(frame(3, 0, 1, Buffer.from([0, 0, 0, 8])))
      socket.write(frame(6, 0, 0, '12345678'))
      // Its answer says that all of that has been seen.
      for await (const chunk of socket) if ((chunk as Buffer).includes('12345678')) break
    },
  }
}

function h1(t: TestContext, { address: { port } }: HttpsServer, pair?: KeyPair): Peer {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...tls(pair) })
  t.after(() => agent.destroy())
  const send = ({ method = 'GET', path = '/', headers = {}, body }: Asked = {}) => {
    const length = body && !headers['transfer-encoding'] ? { 'content-length': String(body.length) } : {}
    return request({ host: '127.0.0.1', port, agent, method, path, headers: { ...length, ...headers } })
  }
  const answerOf = async (sent: ReturnType<typeof send>): Promise<IncomingMessage> => (await once(sent, 'response'))[0]
  return {
    ask: async (asked) => {
      const sent = send(asked)
      sent.end(asked?.body)
      const answer = await answerOf(sent)
      return { status: answer.statusCode ?? 0, headers: answer.headers, text: await collect(answer) }
    },
    open: async (asked) => {
      const sent = send(asked)
      sent.on('error', () => undefined)
      sent.end()
      const body = await answerOf(sent)
      body.on('error', () => undefined)
      return { body, cancel: () => sent.destroy() }
    },
    breakOff: async () => {
      const sent = send({ method: 'POST', path: '/half', headers: { 'content-length': '100' } })
      sent.on('error', () => undefined)
      await new Promise((resolve) => sent.write('half', resolve))
      sent.destroy()
    },
  }
}

/** Batches that a test gives out one by one; it sees whether and how their reader leaves. */
class Source implements AsyncIterable<readonly Uint8Array[]> {
  readonly #waiting: ((batch: IteratorResult<readonly Uint8Array[], undefined>) => void)[] = []
  readonly left = Promise.withResolvers<void>()
  /** How many batches have been asked for. */
  asked = 0
  /** Given at once, whenever one is asked for. */
  readonly always: readonly Uint8Array[] | undefined

  constructor(always?: readonly Uint8Array[]) {
    this.always = always
  }

  give(line: string): void {
    this.#waiting.shift()?.({ done: false, value: [encoder.encode(line)] })
  }
  end(): void {
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Uint8Array[], undefined> {
    return {
      next: () => {
        this.asked++
        if (this.always) return Promise.resolve({ done: false, value: this.always })
        return new Promise((resolve) => this.#waiting.push(resolve))
      },
      return: async () => {
        this.left.resolve()
        return { done: true, value: undefined }
      },
    }
  }
}

/** As the core's watches do: it ends when the caller has gone. */
const watchOf = (source: Source) => (asked: ApiRequest) => {
  asked.signal.addEventListener('abort', () => {
    source.left.resolve()
    source.end()
  })
  return Promise.resolve(stream(source))
}

for (const [protocol, peer] of Object.entries({ h2, h1 })) {
  describe(`over ${protocol}`, () => {
    test('a request reaches the core as it was sent', async (t) => {
      const server = await serve(t, async ({ method, path, query, headers, body, peer: who }) =>
        text(
          JSON.stringify({
            method,
            path,
            a: query.get('a'),
            x: headers['x-a'],
            size: sizeOf({ body } as ApiRequest),
            who,
          }),
        ),
      )
      const { status, text: said } = await peer(t, server).ask({
        method: 'POST',
        path: '/b%20c?a=1%202',
        headers: { 'x-a': 'y' },
        body: Buffer.from('12345'),
      })
      assert.equal(status, 200)
      assert.deepEqual(JSON.parse(said), { method: 'POST', path: '/b%20c', a: '1 2', x: 'y', size: 5 })
    })

    test('headers of the protocol itself are not handed on', async (t) => {
      const server = await serve(t, async ({ headers }) => text(Object.keys(headers).join()))
      assert.doesNotMatch((await peer(t, server).ask()).text, /:/)
    })

    test('a client certificate says who is asking', async (t) => {
      const server = await serve(t, async ({ peer: who }) => text(JSON.stringify(who ?? null)))
      assert.equal((await peer(t, server).ask()).text, 'null')
      const who = JSON.parse((await peer(t, server, admin).ask()).text)
      const { fingerprint } = who
      assert.match(fingerprint, /^[0-9a-f]{64}$/)
      assert.deepEqual(who, { commonName: 'admin', organizations: ['a', 'b'], fingerprint, isFrontProxy: false })
    })

    test('a certificate of another authority is refused and never reaches the core', async (t) => {
      let calls = 0
      const server = await serve(t, async () => {
        calls++
        return text('x')
      })
      const { status, text: said } = await peer(t, server, stranger).ask()
      assert.equal(status, 401)
      const { kind, reason, message, code } = JSON.parse(said)
      assert.deepEqual([kind, reason, message, code], ['Status', 'Unauthorized', 'Unauthorized', 401])
      assert.equal(calls, 0)
    })

    test('several requests share a connection', async (t) => {
      const ports = new Set<string>()
      const server = await serve(t, async (asked) => {
        ports.add(String(asked.remoteAddress))
        return text(asked.path)
      })
      const one = peer(t, server)
      for (const path of ['/1', '/2', '/3']) assert.equal((await one.ask({ path })).text, path)
      assert.deepEqual([...ports], ['127.0.0.1'])
    })

    test('HEAD is answered with the head alone', async (t) => {
      const server = await serve(t, async ({ method }) => text(method))
      const { status, headers, text: said } = await peer(t, server).ask({ method: 'HEAD' })
      assert.deepEqual([status, headers['content-type'], said], [200, 'text/plain', ''])
      assert.equal((await peer(t, server).ask()).text, 'GET')
    })

    test('HEAD of a watch leaves no watch behind', async (t) => {
      const source = new Source()
      const server = await serve(t, watchOf(source))
      await peer(t, server).ask({ method: 'HEAD' })
      await source.left.promise
    })

    test('an answer of many pieces arrives whole', async (t) => {
      const piece = 'x'.repeat(1000)
      const server = await serve(t, async () => text(...Array(20_000).fill(piece)))
      assert.equal((await peer(t, server).ask()).text.length, 20_000_000)
    })

    test('a body at the limit is taken', async (t) => {
      const server = await serve(t, async (asked) => text(String(sizeOf(asked))))
      const limit = 3 * 1024 * 1024
      assert.equal((await peer(t, server).ask({ method: 'PUT', body: Buffer.alloc(limit) })).text, String(limit))
    })

    const tooLarge = async (answered: Answered) => {
      assert.equal(answered.status, 413)
      const { reason, message } = JSON.parse(answered.text)
      assert.equal(reason, 'RequestEntityTooLarge')
      assert.equal(message, 'Request entity is too large: limit is 3145728')
    }
    for (const [how, headers] of [
      ['whose length is told', { 'content-length': '10485760' }],
      ['whose length is not told', protocol === 'h1' ? { 'transfer-encoding': 'chunked' } : {}],
    ] as const) {
      test(`a body of 10 MB ${how} is refused, and the server goes on`, async (t) => {
        let calls = 0
        const server = await serve(t, async () => {
          calls++
          return text('ok')
        })
        const one = peer(t, server)
        await tooLarge(await one.ask({ method: 'POST', headers, body: Buffer.alloc(10 * 1024 * 1024) }))
        assert.equal(calls, 0)
        assert.equal((await one.ask()).text, 'ok')
      })
    }

    test('half an upload never reaches the core', async (t) => {
      const paths: string[] = []
      const server = await serve(t, async ({ path }) => {
        paths.push(path)
        return text('ok')
      })
      const one = peer(t, server)
      await one.breakOff()
      for (let i = 0; i < 5; i++) assert.equal((await peer(t, server).ask()).text, 'ok')
      assert.ok(!paths.includes('/half'))
    })

    test('an upload that does not go on is given up', async (t) => {
      const clock = new VirtualClock()
      const server = await serve(t, async () => text('ok'), clock)
      if (protocol === 'h2') {
        const sent = session(t, server).request({ ':method': 'POST', ':path': '/' })
        sent.write('{')
        await until('the beginning of the upload', () => clock.pendingTimers > 0)
        await clock.advance(60_000)
        const [head] = await once(sent, 'response')
        assert.equal(head[':status'], 504)
        assert.equal(JSON.parse(await collect(sent)).reason, 'Timeout')
        return
      }
      const socket = tlsConnect({ host: '127.0.0.1', port: server.address.port, ca: authority.certPem })
      t.after(() => socket.destroy())
      socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n{')
      await until('the beginning of the upload', () => clock.pendingTimers > 0)
      await clock.advance(60_000)
      assert.match(await collect(socket), /^HTTP\/1.1 504 .*"reason":"Timeout"/s)
    })

    test('what is thrown by the core is an answer', async (t) => {
      const server = await serve(t, async () => {
        throw new Error('broken')
      })
      assert.equal((await peer(t, server).ask()).status, 400)
    })

    test('a watch is delivered as it comes, and ends when the server ends it', async (t) => {
      const source = new Source()
      const server = await serve(t, watchOf(source))
      const { body } = await peer(t, server).open()
      const chunks = body[Symbol.asyncIterator]()
      for (const line of ['one\n', 'two\n']) {
        await until('the question for the next batch', () => source.asked > 0)
        source.asked = 0
        source.give(line)
        assert.equal(String((await chunks.next()).value), line)
      }
      source.end()
      assert.equal((await chunks.next()).done, true)
    })

    test('a client that goes away ends its watch', async (t) => {
      const source = new Source()
      const server = await serve(t, watchOf(source))
      const { cancel } = await peer(t, server).open()
      cancel()
      await source.left.promise
    })

    test('a client that does not read is not written to without bound', async (t) => {
      const source = new Source([Buffer.alloc(1 << 20)])
      const server = await serve(t, watchOf(source))
      const { body, cancel } = await peer(t, server).open()
      body.pause()
      let before = -1
      await until('the pause', () => {
        const same = source.asked === before
        before = source.asked
        return same && before > 0
      })
      assert.ok(source.asked < 64, `${source.asked} MB have been taken`)
      const asked = source.asked
      body.resume()
      await until('more', () => source.asked > asked + 8)
      cancel()
      await source.left.promise
    })

    test('stop() ends idle connections at once', async (t) => {
      const clock = new VirtualClock()
      const server = await serve(t, async () => text('ok'), clock)
      await peer(t, server).ask()
      await server.stop(1000)
    })

    test('stop() lets go of watches when their time is over', async (t) => {
      const clock = new VirtualClock()
      const source = new Source()
      const server = await serve(t, watchOf(source), clock)
      await peer(t, server).open()
      const stopped = server.stop(1000)
      await until('the timer', () => clock.pendingTimers > 0)
      await clock.advance(1000)
      await stopped
      await source.left.promise
      assert.equal(clock.pendingTimers, 0)
    })

    test('stop() lets a request in flight end', async (t) => {
      const clock = new VirtualClock()
      const asked = Promise.withResolvers<void>()
      const go = Promise.withResolvers<void>()
      const server = await serve(
        t,
        async () => {
          asked.resolve()
          await go.promise
          return text('late')
        },
        clock,
      )
      const answer = peer(t, server).ask()
      await asked.promise
      const stopped = server.stop(1000)
      go.resolve()
      assert.equal((await answer).text, 'late')
      await clock.advance(1000)
      await stopped
    })
  })
}

test('1,500 cancelled watches on one connection do not end it', async (t) => {
  let open = 0
  const server = await serve(t, async (asked) => {
    if (asked.path !== '/watch') return text('ok')
    open++
    const source = new Source()
    source.left.promise.then(() => open--)
    return watchOf(source)(asked)
  })
  const connection = session(t, server)
  const goaways: unknown[] = []
  connection.on('goaway', (code) => goaways.push(code))
  for (let i = 0; i < 1500; i++) {
    const watch = connection.request({ ':path': '/watch' })
    watch.on('error', () => undefined)
    await once(watch, 'response')
    watch.close(constants.NGHTTP2_CANCEL)
  }
  await until('the end of the watches', () => open === 0)
  const last = connection.request({ ':path': '/' })
  assert.equal(await collect(last), 'ok')
  assert.deepEqual(goaways, [])
})

describe('an upgrade', () => {
  const upgrade = async (t: TestContext, handle: Handler): Promise<TLSSocket> => {
    const server = await serve(t, handle)
    const socket = tlsConnect({ host: '127.0.0.1', port: server.address.port, ca: authority.certPem })
    t.after(() => socket.destroy())
    socket.write(
      'GET /exec HTTP/1.1\r\nHost: a\r\nX-Case: Kept\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nearly',
    )
    return socket
  }

  test('hands over the connection with what came early', async (t) => {
    const socket = await upgrade(t, async () => ({
      status: 101,
      headers: {},
      body: {
        type: 'upgrade',
        accept: ({ socket: taken, head, rawHeaders }) => {
          taken.end(`${head}|${rawHeaders.includes('X-Case')}`)
        },
      },
    }))
    assert.equal(await collect(socket), 'early|true')
  })

  test('that is refused is answered and closed', async (t) => {
    const refused: ApiResponse = { ...text('no'), status: 403, headers: { warning: ['299 - "a"', '299 - "b"'] } }
    const socket = await upgrade(t, async () => refused)
    const said = await collect(socket)
    assert.match(said, /^HTTP\/1.1 403 Forbidden\r\n/)
    assert.match(said, /\r\nwarning: 299 - "a"\r\nwarning: 299 - "b"\r\n/)
    assert.match(said, /\r\n\r\nno$/)
  })
})

test('a watch that offers an upgrade is a watch', async (t) => {
  const source = new Source()
  const server = await serve(t, watchOf(source))
  const socket = tlsConnect({ host: '127.0.0.1', port: server.address.port, ca: authority.certPem })
  t.after(() => socket.destroy())
  socket.write('GET /?watch=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: nonsense\r\n\r\n')
  await until('the question for the first batch', () => source.asked === 1)
  source.give('one\n')
  await until('the question for the next batch', () => source.asked === 2)
  source.end()
  assert.match(await collect(socket), /^HTTP\/1.1 200 OK\r\n.*\r\n\r\none\n$/s)
})

test('renew() changes the certificate of new connections', async (t) => {
  const server = await serve(t, async () => text('ok'))
  const nameOf = async () => {
    const socket = tlsConnect({ host: '127.0.0.1', port: server.address.port, ca: authority.certPem })
    await once(socket, 'secureConnect')
    const name = socket.getPeerCertificate().subject.CN
    socket.destroy()
    return name
  }
  assert.equal(await nameOf(), 'server')
  const options = { commonName: 'renewed', ips: ['127.0.0.1'], usages: ['server'] as const }
  const next = await issue(authority, { ...options, nowMs: realClock.now(), lifetimeMs: 3_600_000 })
  server.renew(next.certPem, next.keyPem)
  assert.equal(await nameOf(), 'renewed')
})

test('what is no HTTP at all harms nobody', async (t) => {
  const server = await serve(t, async () => text('ok'))
  const { port } = server.address
  const { connect: tcp } = await import('node:net')
  const plain = tcp(port, '127.0.0.1')
  plain.on('error', () => undefined)
  plain.end('GET / HTTP/1.1\r\n\r\n')
  await once(plain, 'close')
  const odd = tlsConnect({ host: '127.0.0.1', port, ca: authority.certPem })
  odd.on('error', () => undefined)
  odd.end('\0\0\0nonsense\r\n\r\n')
  odd.resume()
  await once(odd, 'close')
  const broken = tlsConnect({ host: '127.0.0.1', port, ca: authority.certPem, ALPNProtocols: ['h2'] })
  broken.on('error', () => undefined)
  broken.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense, and more of it')
  broken.resume()
  await once(broken, 'close')
  assert.equal((await h2(t, server).ask()).text, 'ok')
})
