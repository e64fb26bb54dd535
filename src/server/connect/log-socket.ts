// A log over a WebSocket, for browsers and whoever else likes messages better than a body (upstream's wsstream): each
// piece of it is one message, of bytes or of base64 text as the client asks for, and the end of the log closes.
//
// Assumes: nothing has been answered yet. Guarantees: what the client sends is not looked at; when it goes away, so
// does the log.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badRequest } from '#api/status-error.ts'
import { tokenProtocol } from '#lib/relay.ts'
import {
  byteMessage,
  closingFrame,
  frame,
  greeting,
  normalClosure,
  protocolNames,
  textMessage,
} from '#lib/web-socket.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'

type Protocol = '' | 'binary.k8s.io' | 'base64.binary.k8s.io'

const isOurs = (name: string): name is Protocol => name === 'binary.k8s.io' || name === 'base64.binary.k8s.io'

/** The first that the client names and we speak; bytes without a name if it names none. */
export function protocolOf(asked: string | undefined): Protocol {
  const wanted = protocolNames(asked).filter((name) => !name.startsWith(tokenProtocol))
  const [first] = wanted.filter(isOurs)
  if (first !== undefined) return first
  if (wanted.length > 0) throw badRequest(`requested protocol(s) are not supported: [${wanted.join(' ')}]`)
  return ''
}

const message = (protocol: Protocol, bytes: Uint8Array): Buffer =>
  protocol === 'base64.binary.k8s.io'
    ? frame(textMessage, Buffer.from(Buffer.from(bytes).toString('base64')))
    : frame(byteMessage, bytes)

export const wantsSocket = ({ headers }: ApiRequest): boolean => headers.upgrade?.toLowerCase() === 'websocket'

export function logSocket({ headers, signal }: ApiRequest, log: AsyncIterable<Uint8Array>): ApiResponse {
  const key = headers['sec-websocket-key']
  if (key === undefined) throw badRequest('the request for a WebSocket has no Sec-WebSocket-Key')
  const protocol = protocolOf(headers['sec-websocket-protocol'])
  async function* said(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(greeting(key ?? '', protocol))
    for await (const bytes of log) if (bytes.length > 0) yield message(protocol, bytes)
    yield closingFrame(normalClosure)
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
