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

test('the head goes on with its path and without credentials, and what follows goes both ways', async () => {
  const [client, behind] = [await pair(), await pair()]
  const relayed = relayUpgrade({
    client: client.far,
    head: Buffer.from('early'),
    rawHeaders: ['Upgrade', 'SPDY/3.1', 'Authorization', 'Bearer x', 'Impersonate-User', 'tom', 'Host', 'here'],
    method: 'POST',
    connect: async () => behind.near,
    host: 'there:1',
    path: '/exec',
  })
  const wanted = 'POST /exec HTTP/1.1\r\nHost: there:1\r\nUpgrade: SPDY/3.1\r\n\r\nearly'
  let read = ''
  while (read.length < wanted.length) read += String((await once(behind.far, 'data'))[0])
  assert.equal(read, wanted)
  behind.far.write('answer')
  assert.equal(String((await once(client.near, 'data'))[0]), 'answer')
  client.near.end()
  behind.far.end()
  await relayed
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
