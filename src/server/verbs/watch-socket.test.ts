import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { until } from '#lib/testing.ts'
import { type TestServer, testServer } from '../fixture.ts'
import { openWatches } from '../open-watches.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const token = 'base64url.bearer.authorization.k8s.io.c2VjcmV0'

describe('watch() over a WebSocket', () => {
  let api: TestServer
  let adapter: Server
  before(async () => {
    api = await testServer()
    await api.ask('POST', maps, { metadata: { name: 'a' } })
    adapter = createServer()
    adapter.on('upgrade', async ({ url = '', headers }, socket, head) => {
      const { pathname, searchParams } = new URL(url, 'http://server')
      const gone = new AbortController()
      socket.once('close', () => gone.abort(new Error('gone')))
      const { status, body } = await api.server.handle({
        method: 'GET',
        path: pathname,
        query: searchParams,
        headers: { ...headers } as Record<string, string>,
        body: { type: 'none' },
        signal: gone.signal,
      })
      if (body.type === 'upgrade') await body.accept({ socket, head, rawHeaders: [] })
      else socket.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\n\r\n`)
    })
    adapter.listen(0, '127.0.0.1')
    await once(adapter, 'listening')
  })
  after(async () => {
    await api.stop()
    adapter.close()
    await once(adapter, 'close')
  })

  /** A client as a browser has it; `next` is its next message. */
  function open(path: string, protocols: readonly string[] = [], headers: Record<string, string> = {}) {
    const url = `ws://127.0.0.1:${(adapter.address() as AddressInfo).port}${path}`
    // Node's has headers too, which the type of browsers has not.
    const options = { protocols: [...protocols], headers } as unknown as string[]
    const socket = new WebSocket(url, options)
    socket.binaryType = 'arraybuffer'
    const messages: (string | ArrayBuffer)[] = []
    socket.addEventListener('message', ({ data }) => messages.push(data))
    const next = async () => {
      await until('a message', () => messages.length > 0)
      return messages.shift()!
    }
    const told = async () => {
      const text = await next()
      assert.equal(typeof text, 'string')
      const { type, object } = JSON.parse(text as string)
      return `${type} ${object.metadata.name}`
    }
    return { socket, next, told }
  }

  for (const path of [`${maps}?watch=1`, `/api/v1/watch/namespaces/default/configmaps`])
    test(`each event is a message: ${path}`, async () => {
      const { socket, told } = open(path)
      assert.equal(await told(), 'ADDED a')
      await api.ask('POST', maps, { metadata: { name: 'b' } })
      assert.equal(await told(), 'ADDED b')
      await api.ask('DELETE', `${maps}/b`)
      assert.equal(await told(), 'DELETED b')
      assert.equal(openWatches(api.server.core).count, 1)
      socket.close()
      await once(socket, 'close')
      await until('the end of the watch', () => openWatches(api.server.core).count === 0)
    })

  test('events in protobuf are messages of bytes, without the length before them', async () => {
    const accept = 'application/vnd.kubernetes.protobuf;stream=watch'
    const { socket, next } = open(`${maps}?watch=1`, [], { accept })
    const event = Buffer.from((await next()) as ArrayBuffer)
    // The first field is the type.
    assert.deepEqual([...event.subarray(0, 2), event.toString('utf8', 2, 7)], [0x0a, 5, 'ADDED'])
    socket.close()
    await once(socket, 'close')
  })

  test('the end of its time closes the socket', async () => {
    const { socket, told } = open(`${maps}?watch=1&timeoutSeconds=10`)
    await told()
    await api.clock.advance(10_000)
    const [{ code }] = await once(socket, 'close')
    assert.equal(code, 1000)
  })

  test('takes the name that the client gives the protocol, beside its token', async () => {
    const { socket, told } = open(`${maps}?watch=1`, [token, 'events'])
    await told()
    assert.equal(socket.protocol, 'events')
    socket.close()
    await once(socket, 'close')
  })

  test('is refused to who speaks several protocols', async () => {
    const { socket } = open(`${maps}?watch=1`, ['a', 'b'])
    const [{ type }] = await once(socket, 'error')
    assert.equal(type, 'error')
    assert.equal(openWatches(api.server.core).count, 0)
  })
})
