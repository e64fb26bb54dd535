import assert from 'node:assert/strict'
import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { describe, test } from 'node:test'
import { headerDictionary, type SpdyStream, serveSpdy } from './spdy.ts'
import { speakSpdy } from './spdy-testing.ts'

function started() {
  const [ours, theirs] = duplexPair()
  const streams: SpdyStream[] = []
  const spdy = serveSpdy({
    socket: ours,
    head: new Uint8Array(),
    onStream: (stream) => {
      streams.push(stream)
      stream.onData = (bytes) => stream.write(Buffer.concat([Buffer.from('heard '), bytes]))
    },
  })
  return { client: speakSpdy(theirs), socket: theirs, streams, spdy }
}

describe('serveSpdy()', () => {
  test('knows the dictionary that was agreed on', () => {
    let [a, b] = [1, 0]
    for (const byte of headerDictionary) {
      a = (a + byte) % 65_521
      b = (b + a) % 65_521
    }
    assert.equal(((b << 16) | a) >>> 0, 0xe3c6a7c2)
  })

  test('takes streams, and hands on what is said on each', async () => {
    const { client, streams, spdy, socket } = started()
    for (const [id, streamType] of [
      [1, 'error'],
      [3, 'stdout'],
    ] as const) {
      await client.open(id, { streamType })
      const { type, payload } = await client.frame()
      assert.deepEqual([type, payload.readUInt32BE(0)], [2, id])
      assert.equal(await client.countHeaders(payload.subarray(4)), 0)
    }
    assert.deepEqual(
      streams.map(({ headers }) => headers),
      [{ streamtype: 'error' }, { streamtype: 'stdout' }],
    )
    client.data(3, 'this')
    const said = await client.frame()
    assert.deepEqual([said.type, said.id, said.payload.toString()], ['data', 3, 'heard this'])
    streams[1]!.end()
    assert.deepEqual((await client.frame()).flags, 1)
    spdy.close()
    assert.equal((await client.frame()).type, 7)
    assert.ok(spdy.ended.aborted)
    socket.destroy()
  })

  test('answers a ping', async () => {
    const { client, socket } = started()
    client.control(6, Buffer.from([0, 0, 0, 9]))
    const { type, payload } = await client.frame()
    assert.deepEqual([type, [...payload]], [6, [0, 0, 0, 9]])
    socket.destroy()
  })

  for (const [name, bytes] of [
    ['too long a frame', [0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]],
    ['headers that cannot be read', [0x80, 3, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9]],
  ] as const)
    test(`cuts off who sends ${name}`, async () => {
      const { socket, spdy } = started()
      socket.resume().write(Buffer.from(bytes))
      if (!spdy.ended.aborted) await once(spdy.ended, 'abort')
      socket.destroy()
    })
})
