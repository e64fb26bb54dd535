// Answers over a WebSocket, for browsers and whoever else likes messages better than a body: a log, a watch.
//
// Assumes: nothing has been answered yet. Guarantees: what the client sends is not looked at; when it goes away, or
// says that it will, there is an end to what is sent; the end of what there is to send closes the socket.

import { badRequest } from '#api/status-error.ts'
import { tokenProtocol } from '#lib/relay.ts'
import { type byteMessage, protocolNames, serveWebSocket, type textMessage } from '#lib/web-socket.ts'
import type { ApiRequest, ApiResponse } from './request.ts'

export interface Message {
  readonly operation: typeof textMessage | typeof byteMessage
  readonly payload: Uint8Array
}

export const wantsSocket = ({ headers }: ApiRequest): boolean => headers.upgrade?.toLowerCase() === 'websocket'

/** The subprotocols that a client speaks, less the one that is a browser's token. */
export const askedProtocols = (header: string | undefined): readonly string[] =>
  protocolNames(header).filter((name) => !name.startsWith(tokenProtocol))

/** Throws a StatusError (400) where no WebSocket can be made of the request. */
export function socketKey({ headers }: ApiRequest): string {
  const key = headers['sec-websocket-key']
  if (key === undefined) throw badRequest('the request for a WebSocket has no Sec-WebSocket-Key')
  return key
}

const brokenOff = 1011

export interface SocketAnswer {
  /** What was chosen of those that the client speaks; empty: none. */
  readonly protocol: string
  readonly batches: AsyncIterable<readonly Message[]>
}

export function socketAnswer(request: ApiRequest, { protocol, batches }: SocketAnswer): ApiResponse {
  const key = socketKey(request)
  return {
    status: 101,
    headers: {},
    body: {
      type: 'upgrade',
      accept: async ({ socket, head }) => {
        const messages = batches[Symbol.asyncIterator]()
        const served = serveWebSocket({ socket, head, key, protocol })
        const leave = (): void => void messages.return?.().catch(() => undefined)
        if (served.ended.aborted) leave()
        else served.ended.addEventListener('abort', leave, { once: true })
        try {
          while (!served.ended.aborted) {
            const { done, value } = await messages.next()
            if (done) break
            for (const { operation, payload } of value) {
              if (!served.send(operation, payload)) await served.drained()
            }
          }
          served.close()
        } catch {
          served.close(brokenOff)
        }
      },
    },
  }
}
