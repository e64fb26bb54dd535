import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, test } from 'node:test'
import {
  byteMessage,
  closingFrame,
  frame,
  protocolNames,
  type ServedSocket,
  serveWebSocket,
  textMessage,
} from './web-socket.ts'

test('frame() says how long it is in one, three or nine bytes', () => {
  for (const [length, head] of [
    [0, [0x82, 0]],
    [125, [0x82, 125]],
    [126, [0x82, 126, 0, 126]],
    [65_535, [0x82, 126, 0xff, 0xff]],
    [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ] as const) {
    const framed = frame(byteMessage, new Uint8Array(length).fill(7))
    assert.deepEqual([...framed.subarray(0, head.length)], [...head])
    assert.deepEqual(framed.subarray(head.length), Buffer.alloc(length, 7))
  }
})

test('protocolNames() keeps the order of the client', () => {
  assert.deepEqual(protocolNames(undefined), [])
  assert.deepEqual(protocolNames(' b,a , '), ['b', 'a'])
})

/** A server of one socket; `start` gets it as soon as it is there. */
async function serving(start: (served: ServedSocket) => void, onMessage?: (payload: Buffer) => void) {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<ServedSocket>()
  server.on('upgrade', ({ headers }, socket, head) => {
    const key = headers['sec-websocket-key'] ?? ''
    const served = serveWebSocket({ socket, head, key, protocol: '', onMessage, longestBytes: 1000 })
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

const asking = 'GET / HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n'

/** What a client hears behind the greeting that sends these pieces. */
async function answered(pieces: readonly Uint8Array[], onMessage?: (payload: Buffer) => void): Promise<Buffer> {
  const { port, stop } = await serving(() => undefined, onMessage)
  const socket = connect(port, '127.0.0.1')
  socket.write(asking)
  for (const piece of pieces) socket.write(piece)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  await stop()
  const all = Buffer.concat(chunks)
  return all.subarray(all.indexOf('\r\n\r\n') + 4)
}

describe('serveWebSocket()', () => {
  test('sends texts and bytes, and closes', async () => {
    const { port, stop } = await serving((served) => {
      served.send(textMessage, Buffer.from('text'))
      served.send(byteMessage, Buffer.from([1, 2]))
      served.close()
      served.send(textMessage, Buffer.from('late'))
    })
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    client.binaryType = 'arraybuffer'
    const heard: unknown[] = []
    client.addEventListener('message', ({ data }) =>
      heard.push(typeof data === 'string' ? data : [...Buffer.from(data)]),
    )
    const [{ code }] = await once(client, 'close')
    assert.deepEqual([heard, code], [['text', [1, 2]], 1000])
    await stop()
  })

  test('hears what a client says, and that it goes', async () => {
    const heard: string[] = []
    const { port, stop, served } = await serving(
      () => undefined,
      (payload) => {
        heard.push(payload.toString())
        client.close()
      },
    )
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    await once(client, 'open')
    client.send('x'.repeat(200))
    await once(client, 'close')
    assert.deepEqual(heard, ['x'.repeat(200)])
    assert.ok((await served).ended.aborted)
    await stop()
  })

  const bye = masked([0x88, 2], [0x03, 0xe8])
  const cases: readonly (readonly [string, readonly Uint8Array[], Buffer])[] = [
    ['answers a ping', [masked([0x89, 1], [7]), bye], Buffer.concat([frame(10, Buffer.from([7])), closingFrame(1000)])],
    ['closes who does not mask', [frame(textMessage, Buffer.from('a'))], closingFrame(1002)],
    ['closes who says too much', [masked([0x82, 126, 0x40, 0], [])], closingFrame(1009)],
    ['closes who speaks of what is not known', [masked([0x83, 0], [])], closingFrame(1002)],
    ['closes who goes on with what was not begun', [masked([0x80, 1], [1])], closingFrame(1002)],
  ]
  for (const [name, pieces, expected] of cases)
    test(name, async () => assert.deepEqual(await answered(pieces, () => undefined), expected))

  test('puts messages together from frames, and frames from bytes', async () => {
    const heard: string[] = []
    const bytes = Buffer.concat([
      masked([0x01, 2], [...Buffer.from('ab')]),
      masked([0x89, 0], []),
      masked([0x80, 1], [...Buffer.from('c')]),
      bye,
    ])
    const pieces = [...bytes].map((byte) => Buffer.from([byte]))
    await answered(pieces, (payload) => heard.push(payload.toString()))
    assert.deepEqual(heard, ['abc'])
  })
})
