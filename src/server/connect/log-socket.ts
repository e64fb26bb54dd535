// A log over a WebSocket, for browsers and whoever else likes messages better than a body (upstream's wsstream): each
// piece of it is one message, of bytes or of base64 text as the client asks for, and the end of the log closes.
//
// Assumes: nothing has been answered yet. Guarantees: what the client sends is not looked at; when it goes away, so
// does the log.

import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badRequest } from '#api/status-error.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'

type Protocol = '' | 'binary.k8s.io' | 'base64.binary.k8s.io'

const isOurs = (name: string): name is Protocol => name === 'binary.k8s.io' || name === 'base64.binary.k8s.io'

/** The first that the client names and we speak; bytes without a name if it names none. */
export function protocolOf(asked: string | undefined): Protocol {
  const names = (asked ?? '').split(',').map((name) => name.trim())
  const wanted = names.filter((name) => name !== '' && !name.startsWith('base64url.bearer.authorization.k8s.io.'))
  const [first] = wanted.filter(isOurs)
  if (first !== undefined) return first
  if (wanted.length > 0) throw badRequest(`requested protocol(s) are not supported: [${wanted.join(' ')}]`)
  return ''
}

const textMessage = 1
const byteMessage = 2
const closing = 8

/** RFC 6455, 5.2: a message of one frame. A server does not mask. */
export function frame(operation: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = 0x80 | operation
  if (length < 126) head[1] = length
  else if (length < 65_536) {
    head[1] = 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}

const message = (protocol: Protocol, bytes: Uint8Array): Buffer =>
  protocol === 'base64.binary.k8s.io'
    ? frame(textMessage, Buffer.from(Buffer.from(bytes).toString('base64')))
    : frame(byteMessage, bytes)

/** RFC 6455, 4.2.2. */
function greeting(key: string, protocol: Protocol): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const chosen = protocol === '' ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
  return `${head}Sec-WebSocket-Accept: ${accept}\r\n${chosen}\r\n`
}

export const wantsSocket = ({ headers }: ApiRequest): boolean => headers.upgrade?.toLowerCase() === 'websocket'

const normalClosure = Buffer.from([0x03, 0xe8])

export function logSocket({ headers, signal }: ApiRequest, log: AsyncIterable<Uint8Array>): ApiResponse {
  const key = headers['sec-websocket-key']
  if (key === undefined) throw badRequest('the request for a WebSocket has no Sec-WebSocket-Key')
  const protocol = protocolOf(headers['sec-websocket-protocol'])
  async function* said(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(greeting(key ?? '', protocol))
    for await (const bytes of log) if (bytes.length > 0) yield message(protocol, bytes)
    yield frame(closing, normalClosure)
  }
  return {
    status: 101,
    headers: {},
    body: {
      type: 'upgrade',
      accept: ({ socket }) => {
        socket.resume()
        return pipeline(Readable.from(said(), { objectMode: true }), socket, { signal })
      },
    },
  }
}
