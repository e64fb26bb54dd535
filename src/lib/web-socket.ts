// The server's side of a WebSocket (RFC 6455) on a connection that has asked for one, by the library of that name: its
// greeting, and messages to the client. Nobody listens to what the client says but that it goes, and to its pings, which
// are answered.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { ws } from './libraries.ts'

export const textMessage = 1
export const byteMessage = 2

/** Why a socket is closed. */
const normalClosure = 1000

/** Who says more at once than this is closed. */
const longestBytes = 1 << 20

/** The names that a header of subprotocols has, in the client's order. */
export const protocolNames = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

export interface WebSocketOptions {
  readonly socket: Duplex
  /** What the client has sent behind its head. */
  readonly head: Uint8Array
  readonly key: string
  /** What was chosen of those that the client speaks; empty: none. */
  readonly protocol: string
}

export interface ServedSocket {
  /** False: the client reads more slowly than it is written to; `drained` resolves when it has caught up. */
  send(operation: typeof textMessage | typeof byteMessage, payload: Uint8Array): boolean
  drained(): Promise<void>
  /** Says so, and closes the connection. */
  close(code?: number): void
  /** Aborts when the connection has ended, or the client has said that it will. */
  readonly ended: AbortSignal
}

let greeter: WebSocketServer | undefined

/** A key of a wrong form is answered with 400, and ends the socket. */
export function serveWebSocket({ socket, head, key, protocol }: WebSocketOptions): ServedSocket {
  const gone = new AbortController()
  const end = () => gone.abort()
  socket.once('close', end)
  greeter ??= new (ws().WebSocketServer)({ noServer: true, clientTracking: false, maxPayload: longestBytes })
  let client: import('ws').WebSocket | undefined
  greeter.handleUpgrade(upgradeRequest(key, protocol), socket, Buffer.from(head), (accepted) => {
    client = accepted
    // What breaks the protocol is told to the client by the library, which then closes.
    accepted.on('error', end)
    accepted.on('close', end)
  })
  return {
    send(operation, payload) {
      if (client?.readyState !== client?.OPEN) return true
      client?.send(payload, { binary: operation === byteMessage })
      return !socket.writableNeedDrain
    },
    drained: () =>
      new Promise((resolve) => {
        if (gone.signal.aborted || !socket.writableNeedDrain) return resolve()
        const done = (): void => {
          socket.off('drain', done)
          gone.signal.removeEventListener('abort', done)
          resolve()
        }
        socket.once('drain', done)
        gone.signal.addEventListener('abort', done, { once: true })
      }),
    close: (code = normalClosure) => client?.close(code),
    ended: gone.signal,
  }
}

/** The head that the library wants to see: the real one has been looked at, and its protocol chosen. */
const upgradeRequest = (key: string, protocol: string): IncomingMessage =>
  ({
    method: 'GET',
    headers: {
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      ...(protocol === '' ? {} : { 'sec-websocket-protocol': protocol }),
    },
  }) as unknown as IncomingMessage
