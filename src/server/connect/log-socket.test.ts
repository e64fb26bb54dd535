import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { StatusError } from '#api/status-error.ts'
import type { ApiRequest } from '../request.ts'
import { logSocket, protocolOf } from './log-socket.ts'

describe('protocolOf()', () => {
  const token = 'base64url.bearer.authorization.k8s.io.c2VjcmV0'
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, ''],
    ['', ''],
    [token, ''],
    ['binary.k8s.io', 'binary.k8s.io'],
    [`${token}, base64.binary.k8s.io`, 'base64.binary.k8s.io'],
    ['soup, base64.binary.k8s.io, binary.k8s.io', 'base64.binary.k8s.io'],
  ]
  for (const [asked, expected] of cases)
    test(`of ${asked} takes "${expected}"`, () => assert.equal(protocolOf(asked), expected))
  test('refuses what it does not speak', () =>
    assert.throws(
      () => protocolOf('soup, stew'),
      (error) => error instanceof StatusError && error.code === 400,
    ))
})

async function* log() {
  yield Buffer.from('one\n')
  yield Buffer.from('two\n')
}

/** What a real client gets, in the order it gets it. */
async function received(protocol: string): Promise<{ messages: readonly unknown[]; code: number; protocol: string }> {
  const server = createServer()
  server.on('upgrade', ({ headers }, socket, head) => {
    const request = { headers, signal: new AbortController().signal } as unknown as ApiRequest
    const { body } = logSocket(request, log())
    assert.equal(body.type, 'upgrade')
    if (body.type === 'upgrade') void body.accept({ socket, head, rawHeaders: [] })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, protocol)
  client.binaryType = 'arraybuffer'
  const messages: unknown[] = []
  client.addEventListener('message', ({ data }) =>
    messages.push(typeof data === 'string' ? data : Buffer.from(data).toString()),
  )
  const [{ code }] = await once(client, 'close')
  server.close()
  await once(server, 'close')
  return { messages, code, protocol: client.protocol }
}

test('a log comes in messages of bytes, and its end closes the socket', async () =>
  assert.deepEqual(await received('binary.k8s.io'), {
    messages: ['one\n', 'two\n'],
    code: 1000,
    protocol: 'binary.k8s.io',
  }))

test('a log comes in messages of base64 where that is asked for', async () =>
  assert.deepEqual((await received('base64.binary.k8s.io')).messages, ['b25lCg==', 'dHdvCg==']))
