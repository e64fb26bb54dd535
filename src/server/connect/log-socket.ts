// A log over a WebSocket, as upstream's wsstream: each piece of it is one message, of bytes or of base64 text as the
// client asks for.

import { badRequest } from '#api/status-error.ts'
import { byteMessage, textMessage } from '#lib/web-socket.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { askedProtocols, type Message, socketAnswer } from '../web-socket.ts'

type Protocol = '' | 'binary.k8s.io' | 'base64.binary.k8s.io'

const isOurs = (name: string): name is Protocol => name === 'binary.k8s.io' || name === 'base64.binary.k8s.io'

/** The first that the client names and we speak; bytes without a name if it names none. */
export function protocolOf(asked: string | undefined): Protocol {
  const wanted = askedProtocols(asked)
  const [first] = wanted.filter(isOurs)
  if (first !== undefined) return first
  if (wanted.length > 0) throw badRequest(`requested protocol(s) are not supported: [${wanted.join(' ')}]`)
  return ''
}

const message = (protocol: Protocol, bytes: Uint8Array): Message =>
  protocol === 'base64.binary.k8s.io'
    ? { operation: textMessage, payload: Buffer.from(Buffer.from(bytes).toString('base64')) }
    : { operation: byteMessage, payload: bytes }

async function* messages(protocol: Protocol, log: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Message[]> {
  for await (const bytes of log) if (bytes.length > 0) yield [message(protocol, bytes)]
}

export function logSocket(request: ApiRequest, log: AsyncIterable<Uint8Array>): ApiResponse {
  const protocol = protocolOf(request.headers['sec-websocket-protocol'])
  return socketAnswer(request, { protocol, batches: messages(protocol, log) })
}
