import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { relayUpgrade, withoutCredentials } from './relay.ts'

const cases: readonly (readonly [string, string, string | undefined])[] = [
  ['accept', 'x', 'x'],
  ['authorization', 'Bearer x', undefined],
  ['impersonate-user', 'x', undefined],
  ['impersonate-extra-scopes', 'x', undefined],
  ['x-remote-user', 'x', undefined],
  ['sec-websocket-protocol', 'v5.channel.k8s.io', 'v5.channel.k8s.io'],
  ['sec-websocket-protocol', 'a, base64url.bearer.authorization.k8s.io.eA, b', 'a, b'],
  ['sec-websocket-protocol', 'base64url.bearer.authorization.k8s.io.eA', undefined],
]

test('what lets somebody be the client is not sent on', () => {
  for (const [name, value, sent] of cases) assert.equal(withoutCredentials(name, value), sent, `${name}: ${value}`)
})

async function pair(): Promise<{ near: Socket; far: Socket; close: () => void }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect((server.address() as { port: number }).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  return { near, far, close: () => server.close() }
}

async function readUntil(socket: Socket, end: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (end.test(text)) return text
  }
  return text
}

const asked = { method: 'POST', host: 'there:1', path: '/exec' }

test('the head goes on with its path and without credentials, and what follows goes both ways', async () => {
  const [client, behind] = [await pair(), await pair()]
  const credentials = ['Authorization', 'Bearer x', 'Impersonate-User', 'tom']
  const relayed = relayUpgrade({
    ...asked,
    client: client.far,
    head: Buffer.from('early'),
    rawHeaders: ['Connection', 'Upgrade', 'Upgrade', 'SPDY/3.1', ...credentials, 'Host', 'here'],
    connect: async () => behind.near,
  })
  const head = 'POST /exec HTTP/1.1\r\nHost: there:1\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0'
  assert.equal(await readUntil(behind.far, /\r\n\r\n/), `${head}\r\n\r\n`)
  client.near.write(' and more')
  const agreed = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n\r\n'
  behind.far.write(`${agreed}first`)
  assert.equal(await readUntil(behind.far, /more/), 'early and more')
  assert.equal(await readUntil(client.near, /first/), `${agreed}first`)
  behind.far.write('answer')
  assert.equal(await readUntil(client.near, /answer/), 'answer')
  client.near.end()
  behind.far.end()
  await relayed
  client.close()
  behind.close()
})

test('nothing of the client goes on behind an upgrade that is refused', async () => {
  const [client, behind] = [await pair(), await pair()]
  const relayed = relayUpgrade({
    ...asked,
    client: client.far,
    head: Buffer.from('GET /smuggled HTTP/1.1\r\n\r\n'),
    rawHeaders: ['Connection', 'Upgrade', 'Upgrade', 'SPDY/3.1'],
    connect: async () => behind.near,
  })
  client.near.write('GET /another HTTP/1.1\r\n\r\n')
  const sent = readUntil(behind.far, /never/)
  behind.far.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nno')
  const head = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close'
  assert.equal(await readUntil(client.near, /never/), `${head}\r\n\r\nno`)
  await relayed
  assert.match(await sent, /^POST \/exec HTTP\/1\.1\r\n/)
  assert.doesNotMatch(await sent, /smuggled|another/)
  client.near.destroy()
  client.close()
  behind.close()
})

test('a client that leaves before it has been answered ends the connection behind', async () => {
  const [client, behind] = [await pair(), await pair()]
  const relayed = relayUpgrade({
    ...asked,
    client: client.far,
    head: Buffer.alloc(0),
    rawHeaders: ['Connection', 'Upgrade', 'Upgrade', 'SPDY/3.1'],
    connect: async () => behind.near,
  })
  await once(behind.far, 'data')
  client.near.end()
  behind.far.on('error', () => undefined)
  await Promise.all([relayed, once(behind.far, 'close')])
  client.close()
  behind.close()
})

test('a server that cannot be reached is answered with 502', async () => {
  const client = await pair()
  const refused = async () => {
    throw new Error('nobody there')
  }
  const answered = once(client.near, 'data')
  await relayUpgrade({
    client: client.far,
    head: Buffer.alloc(0),
    rawHeaders: [],
    method: 'GET',
    connect: refused,
    host: 'x',
    path: '/',
  })
  assert.match(String((await answered)[0]), /^HTTP\/1.1 502 Bad Gateway\r\n[\s\S]*error dialing backend: nobody there$/)
  client.near.destroy()
  client.close()
})
