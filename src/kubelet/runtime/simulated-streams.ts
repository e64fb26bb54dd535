// What a client with an upgraded connection sees of a container that is simulated: the channels of exec and attach, and
// the ports of a pod, over SPDY and, for exec and attach, over WebSocket. So kubectl is told in its own language how a
// command has ended, or why none can run.
//
// Guarantees: every conversation ends with a Status, or with its text where the client is too old for one; a client
// that opens no streams, or does not leave when all is said, is cut off in time.

import type { StatusBody } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import { refuseUpgrade } from '#lib/relay.ts'
import { type SpdyStream, serveSpdy } from '#lib/spdy.ts'
import { byteMessage, protocolNames, serveWebSocket, textMessage } from '#lib/web-socket.ts'
import type { StreamClient, StreamOptions } from './runtime.ts'

/** How a command ends: of a Status what clients look at. */
export interface CommandEnd {
  readonly status: StatusBody['status']
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusBody['details']
  readonly code?: number
}

type Say = (stream: 'stdout' | 'stderr', text: string) => void

/** Says what there is to say until it has ended or the client has gone. */
export type Command = (say: Say, gone: AbortSignal) => Promise<CommandEnd>

/** As upstream, so that kubectl ends with the same code. */
export const exited = (code: number): CommandEnd =>
  code === 0
    ? { status: 'Success' }
    : {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      }

export const failed = (message: string): CommandEnd => ({
  status: 'Failure',
  reason: 'InternalError',
  message,
  code: 500,
})

/** How long a client has to open its streams, and to leave when all has been said. */
const openMs = 30_000
const leaveMs = 5_000

interface Asked {
  readonly client: StreamClient
  readonly options: StreamOptions
  readonly clock: Clock
  readonly command: Command
}

export function serveCommand(asked: Asked): void {
  if (asked.client.headers.upgrade?.toLowerCase() === 'websocket') overWebSocket(asked)
  else overSpdy(asked)
}

/** The Status as JSON from the fourth version on; before, only what went wrong. */
const endText = (end: CommandEnd, withStatus: boolean): string =>
  withStatus ? JSON.stringify({ metadata: {}, ...end }) : end.status === 'Success' ? '' : (end.message ?? '')

const commandEnd = (command: Command, say: Say, gone: AbortSignal): Promise<CommandEnd> =>
  command(say, gone).catch((error: Error) => failed(error.message))

// --- SPDY

const spdyProtocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']

/** Answers the upgrade; undefined: it has been refused. */
function acceptSpdy({ socket, headers }: StreamClient, spoken: readonly string[]): string | undefined {
  if (headers.upgrade?.toLowerCase() !== 'spdy/3.1') {
    refuseUpgrade(socket, 400, `unable to upgrade: ${headers.upgrade} is not spoken here; SPDY/3.1 is`)
    return undefined
  }
  const names = protocolNames([headers['x-stream-protocol-version'] ?? ''].flat().join(','))
  const chosen = names.find((name) => spoken.includes(name))
  if (chosen === undefined && names.length > 0) {
    const text = `unable to upgrade: unable to negotiate protocol: client supports [${names.join(' ')}], server accepts [${spoken.join(' ')}]`
    refuseUpgrade(socket, 403, text)
    return undefined
  }
  const named = chosen === undefined ? '' : `X-Stream-Protocol-Version: ${chosen}\r\n`
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${named}\r\n`)
  return chosen ?? ''
}

/** The streams that a client opens for such a command; `resize` came with the third version. */
function wantedStreams({ stdin, stdout, stderr, tty }: StreamOptions, protocol: string): readonly string[] {
  const hasResize = tty && ['v4.channel.k8s.io', 'v3.channel.k8s.io'].includes(protocol)
  return [
    'error',
    ...(stdin ? ['stdin'] : []),
    ...(stdout ? ['stdout'] : []),
    ...(stderr && !tty ? ['stderr'] : []),
    ...(hasResize ? ['resize'] : []),
  ]
}

function overSpdy({ client, options, clock, command }: Asked): void {
  const protocol = acceptSpdy(client, spdyProtocols)
  if (protocol === undefined) return
  const wanted = wantedStreams(options, protocol)
  const streams = new Map<string, SpdyStream>()
  const begin = async (): Promise<void> => {
    timer.cancel()
    const say: Say = (name, text) => {
      streams.get(options.tty ? 'stdout' : name)?.write(Buffer.from(text))
    }
    const end = await commandEnd(command, say, spdy.ended)
    const text = endText(end, protocol === 'v4.channel.k8s.io')
    if (text !== '') streams.get('error')?.write(Buffer.from(text))
    for (const stream of streams.values()) stream.end()
    timer = clock.after(leaveMs, spdy.close)
  }
  const spdy = serveSpdy({
    ...client,
    onStream: (stream) => {
      const type = stream.headers.streamtype ?? ''
      if (streams.has(type) || !wanted.includes(type)) return
      streams.set(type, stream)
      if (streams.size === wanted.length) void begin()
    },
  })
  let timer = clock.after(openMs, spdy.close)
  spdy.ended.addEventListener('abort', () => timer.cancel(), { once: true })
}

// --- WebSocket

interface SocketProtocol {
  readonly isBase64: boolean
  readonly withStatus: boolean
}

const socketProtocols: Readonly<Record<string, SocketProtocol>> = {
  '': { isBase64: false, withStatus: false },
  'channel.k8s.io': { isBase64: false, withStatus: false },
  'base64.channel.k8s.io': { isBase64: true, withStatus: false },
  'v4.channel.k8s.io': { isBase64: false, withStatus: true },
  'v4.base64.channel.k8s.io': { isBase64: true, withStatus: true },
  'v5.channel.k8s.io': { isBase64: false, withStatus: true },
}

const channels = { stdout: 1, stderr: 2, error: 3 } as const

function overWebSocket({ client, options, command }: Asked): void {
  const { socket, head, headers } = client
  const key = headers['sec-websocket-key']
  const names = protocolNames(headers['sec-websocket-protocol'])
  const protocol = names.find((name) => Object.hasOwn(socketProtocols, name)) ?? (names.length === 0 ? '' : undefined)
  if (key === undefined || protocol === undefined) {
    const why = key === undefined ? 'no Sec-WebSocket-Key' : `none of [${names.join(' ')}] is spoken here`
    refuseUpgrade(socket, 400, `unable to upgrade: ${why}`)
    return
  }
  const { isBase64, withStatus } = socketProtocols[protocol]!
  const served = serveWebSocket({ socket, head, key, protocol })
  const send = (channel: number, text: string): void => {
    const bytes = Buffer.from(text)
    if (isBase64) served.send(textMessage, Buffer.from(`${channel}${bytes.toString('base64')}`))
    else served.send(byteMessage, Buffer.concat([Buffer.from([channel]), bytes]))
  }
  const say: Say = (name, text) => {
    const stream = options.tty ? 'stdout' : name
    if (options[stream]) send(channels[stream], text)
  }
  void commandEnd(command, say, served.ended).then((end) => {
    const text = endText(end, withStatus)
    if (text !== '') send(channels.error, text)
    served.close()
  })
}

// --- Ports

export interface Ports {
  readonly client: StreamClient
  readonly clock: Clock
  /** What whoever asks this of a port is answered; throws why nobody answers. */
  readonly answer: (port: number, request: Buffer) => string
}

/** Over SPDY alone: clients that try a WebSocket first come back with it. */
export function servePorts({ client, clock, answer }: Ports): void {
  if (acceptSpdy(client, ['portforward.k8s.io']) === undefined) return
  const errors = new Map<string, SpdyStream>()
  const unused = clock.after(openMs, () => spdy.close())
  const spdy = serveSpdy({
    ...client,
    onStream: (stream) => {
      unused.cancel()
      const { streamtype, port = '', requestid = '' } = stream.headers
      if (streamtype === 'error') return void errors.set(requestid, stream)
      const error = errors.get(requestid)
      errors.delete(requestid)
      const end = (text: string): void => {
        if (text !== '') error?.write(Buffer.from(text))
        error?.end()
        stream.end()
      }
      stream.onData = (request) => {
        stream.onData = () => undefined
        try {
          stream.write(Buffer.from(answer(Number(port), request)))
          end('')
        } catch (problem) {
          end((problem as Error).message)
        }
      }
    },
  })
  spdy.ended.addEventListener('abort', () => unused.cancel(), { once: true })
}
