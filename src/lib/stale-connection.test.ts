import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { mayBeStale, onLiveConnection, StaleConnection } from './stale-connection.ts'

/** A server that answers the first request of every connection and closes on the second, without a word. */
async function closesOnSecond() {
  const served = new WeakSet<Socket>()
  let refused = 0
  const server = createServer((req, res) => {
    if (!served.has(req.socket)) {
      served.add(req.socket)
      res.end('answered')
      return
    }
    refused++
    req.socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const agent = new Agent({ keepAlive: true })
  const { port } = server.address() as AddressInfo
  const send = (method: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ agent, host: '127.0.0.1', port, method }, (answer: IncomingMessage) => {
        answer.resume().once('end', () => setImmediate(() => resolve(answer.statusCode)))
      })
      request.once('error', (cause) => reject(mayBeStale(request) ? new StaleConnection('closed', { cause }) : cause))
      request.end()
    })
  return {
    send,
    refused: () => refused,
    async end() {
      agent.destroy()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

test('onLiveConnection() sends what changes nothing again when the kept connection was closed', async () => {
  const server = await closesOnSecond()
  assert.equal(await onLiveConnection(() => server.send('GET')), 200)
  assert.equal(await onLiveConnection(() => server.send('GET')), 200)
  assert.equal(server.refused(), 1)
  await server.end()
})

test('onLiveConnection() leaves alone what may have changed something', async () => {
  const server = await closesOnSecond()
  assert.equal(await onLiveConnection(() => server.send('POST')), 200)
  await assert.rejects(
    onLiveConnection(() => server.send('POST')),
    { code: 'ECONNRESET' },
  )
  assert.equal(server.refused(), 1)
  await server.end()
})

test('onLiveConnection() ends with what the last attempt says', async () => {
  let attempts = 0
  const cause = new Error('reset')
  const send = () => {
    attempts++
    return Promise.reject(new StaleConnection('closed', { cause }))
  }
  await assert.rejects(onLiveConnection(send), cause)
  assert.equal(attempts, 8)
})
