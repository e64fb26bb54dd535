import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { duplexPair } from 'node:stream'
import { describe, test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { speakSpdy } from '#lib/spdy-testing.ts'
import type { StreamClient, StreamOptions } from './runtime.ts'
import { type Command, exited, failed, serveCommand, servePorts } from './simulated-streams.ts'

const options: StreamOptions = { stdin: false, stdout: true, stderr: true, tty: false }
const clock = new VirtualClock()

const seven: Command = async (say) => {
  say('stdout', 'out')
  say('stderr', 'err')
  return exited(7)
}

const statusOfSeven = {
  metadata: {},
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: 'command terminated with non-zero exit code: exit status 7',
  details: { causes: [{ reason: 'ExitCode', message: '7' }] },
}

/** Asks for SPDY as kubectl does. */
async function upgraded(serve: (client: StreamClient) => void, protocols: string, upgrade = 'SPDY/3.1') {
  const [ours, theirs] = duplexPair()
  serve({ socket: ours, head: new Uint8Array(), headers: { upgrade, 'x-stream-protocol-version': protocols } })
  const client = speakSpdy(theirs)
  return { head: await client.head(), socket: theirs, client }
}

/** What is said on each stream until all have ended. */
async function heard(
  client: ReturnType<typeof speakSpdy>,
  names: ReadonlyMap<number, string>,
): Promise<Record<string, string>> {
  const said: Record<string, string> = {}
  let open = names.size
  while (open > 0) {
    const { type, id, flags, payload } = await client.frame()
    if (type !== 'data') continue
    const name = names.get(id)!
    said[name] = (said[name] ?? '') + payload.toString()
    if (flags === 1) open--
  }
  return said
}

describe('serveCommand()', () => {
  for (const [protocol, error] of [
    ['v4.channel.k8s.io', JSON.stringify(statusOfSeven)],
    ['channel.k8s.io', statusOfSeven.message],
  ] as const)
    test(`tells over SPDY how a command ends, by ${protocol}`, async () => {
      const serve = (client: StreamClient) => serveCommand({ client, options, clock, command: seven })
      const { head, client, socket } = await upgraded(serve, `soup, ${protocol}`)
      assert.ok(head.startsWith('HTTP/1.1 101 '))
      assert.ok(head.includes(`X-Stream-Protocol-Version: ${protocol}\r\n`))
      const names = new Map([
        [1, 'error'],
        [3, 'stdout'],
        [5, 'stderr'],
      ])
      for (const [id, streamType] of names) await client.open(id, { streamType })
      const said = await heard(client, names)
      assert.deepEqual(said, { stdout: 'out', stderr: 'err', error })
      socket.destroy()
    })

  test('refuses who speaks no version that is known', async () => {
    const serve = (client: StreamClient) => serveCommand({ client, options, clock, command: seven })
    const { head } = await upgraded(serve, 'soup')
    assert.match(head, /^HTTP\/1.1 403 /)
  })

  for (const [protocol, messages] of [
    ['v5.channel.k8s.io', ['\x01out', '\x02err']],
    ['v4.base64.channel.k8s.io', ['1b3V0', '2ZXJy']],
  ] as const)
    test(`tells over a WebSocket how a command ends, by ${protocol}`, async () => {
      const server = createServer()
      server.on('upgrade', ({ headers }, socket, head) =>
        serveCommand({ client: { socket, head, headers }, options, clock, command: seven }),
      )
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, protocol)
      client.binaryType = 'arraybuffer'
      const said: string[] = []
      client.addEventListener('message', ({ data }) => said.push(Buffer.from(data).toString()))
      const [{ code }] = await once(client, 'close')
      assert.deepEqual([client.protocol, code, said.slice(0, 2)], [protocol, 1000, messages])
      const last = said[2]!
      const status = last[0] === '3' ? Buffer.from(last.slice(1), 'base64').toString() : last.slice(1)
      assert.deepEqual(JSON.parse(status), statusOfSeven)
      server.close()
      await once(server, 'close')
    })

  test('a client that opens no streams is cut off', async () => {
    const own = new VirtualClock()
    const [ours, theirs] = duplexPair()
    const command = async () => failed('not asked')
    serveCommand({
      client: { socket: ours, head: new Uint8Array(), headers: { upgrade: 'SPDY/3.1' } },
      options,
      clock: own,
      command,
    })
    theirs.resume()
    const over = once(theirs, 'end')
    await own.advance(30_000)
    await over
    theirs.destroy()
  })
})

describe('servePorts()', () => {
  const answer = (port: number, request: Buffer) => {
    if (port === 80) return `heard ${request}`
    throw new Error(`nobody listens on ${port}`)
  }
  for (const [port, said] of [
    ['80', { data: 'heard hello', error: '' }],
    ['81', { data: '', error: 'nobody listens on 81' }],
  ] as const)
    test(`answers what is asked of port ${port}`, async () => {
      const serve = (client: StreamClient) => servePorts({ client, clock, answer })
      const { client, socket } = await upgraded(serve, 'portforward.k8s.io')
      const names = new Map([
        [1, 'error'],
        [3, 'data'],
      ])
      for (const [id, streamType] of names) await client.open(id, { streamType, port, requestID: '0' })
      client.data(3, 'hello')
      assert.deepEqual(await heard(client, names), said)
      socket.destroy()
    })
})
