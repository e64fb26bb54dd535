import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, test } from 'node:test'
import { byteMessage, protocolNames, type ServedSocket, serveWebSocket, textMessage } from './web-socket.ts'

test('protocolNames() keeps the order of the client', () => {
  assert.deepEqual(protocolNames(undefined), [])
  assert.deepEqual(protocolNames(' b,a , '), ['b', 'a'])
})

/** A server of one socket; `start` gets it as soon as it is there. */
async function serving(start: (served: ServedSocket) => void) {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<ServedSocket>()
  server.on('upgrade', ({ headers }, socket, head) => {
    const key = headers['sec-websocket-key'] ?? ''
    const served = serveWebSocket({ socket, head, key, protocol: headers['sec-websocket-protocol'] ?? '' })
    start(served)
    resolve(served)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    server.close()
    await once(server, 'close')
  }
  return { port, stop, served: promise }
}

/** As a client sends it, with a mask. */
function masked(head: readonly number[], payload: readonly number[]): Buffer {
  const mask = [1, 2, 3, 4]
  return Buffer.from([head[0]!, head[1]! | 0x80, ...head.slice(2), ...mask, ...payload.map((b, i) => b ^ mask[i % 4]!)])
}

const asking = (key: string): string =>
  `GET / HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
const goodKey = 'AAAAAAAAAAAAAAAAAAAAAA=='

/** All that a client hears that sends these bytes behind its head. */
async function answered(bytes: Uint8Array, key = goodKey): Promise<Buffer> {
  const { port, stop } = await serving(() => undefined)
  const socket = connect(port, '127.0.0.1')
  socket.write(asking(key))
  socket.write(bytes)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  await stop()
  return Buffer.concat(chunks)
}

describe('serveWebSocket()', () => {
  test('sends texts and bytes in the protocol that was chosen, and closes', async () => {
    const { port, stop } = await serving((served) => {
      served.send(textMessage, Buffer.from('text'))
      served.send(byteMessage, Buffer.from([1, 2]))
      served.close()
      served.send(textMessage, Buffer.from('late'))
    })
    const client = new WebSocket(`ws://127.0.0.1:${port}`, ['binary.k8s.io'])
    client.binaryType = 'arraybuffer'
    const heard: unknown[] = []
    client.addEventListener('message', ({ data }) =>
      heard.push(typeof data === 'string' ? data : [...Buffer.from(data)]),
    )
    const [{ code }] = await once(client, 'close')
    assert.deepEqual([heard, code, client.protocol], [['text', [1, 2]], 1000, 'binary.k8s.io'])
    await stop()
  })

  test('has ended when the client has gone', async () => {
    const { port, stop, served } = await serving(() => undefined)
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    await once(client, 'open')
    const { ended } = await served
    assert.equal(ended.aborted, false)
    client.send('nobody listens')
    client.close()
    await once(ended, 'abort')
    await stop()
  })

  test('waits for a client that reads slowly', async () => {
    const { port, stop, served } = await serving(() => undefined)
    const client = connect(port, '127.0.0.1')
    client.write(asking(goodKey))
    client.pause()
    const { send, drained, ended } = await served
    const piece = new Uint8Array(1 << 20)
    while (send(byteMessage, piece)) await new Promise((resolve) => setImmediate(resolve))
    const caughtUp = drained()
    client.resume()
    await caughtUp
    client.destroy()
    await once(ended, 'abort')
    await drained()
    await stop()
  })

  const closed = (code: number) => Buffer.from([0x88, 2, code >> 8, code & 0xff])
  const bye = masked([0x88, 2], [0x03, 0xe8])
  const cases: readonly (readonly [string, Uint8Array, Buffer])[] = [
    [
      'answers a ping',
      Buffer.concat([masked([0x89, 1], [7]), bye]),
      Buffer.concat([Buffer.from([0x8a, 1, 7]), closed(1000)]),
    ],
    ['closes who does not mask', Buffer.from([0x81, 1, 0x61]), closed(1002)],
    ['closes who says too much', masked([0x82, 127, 0, 0, 0, 0, 0, 0x20, 0, 0], []), closed(1009)],
    ['closes who speaks of what is not known', masked([0x83, 0], []), closed(1002)],
  ]
  for (const [name, bytes, expected] of cases)
    test(name, async () => {
      const all = await answered(bytes)
      assert.deepEqual(all.subarray(all.indexOf('\r\n\r\n') + 4), expected)
    })

  test('refuses a key that is none', async () => {
    assert.match(String(await answered(Buffer.alloc(0), 'k')), /^HTTP\/1.1 400 Bad Request\r\n/)
  })
})
