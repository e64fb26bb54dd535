// The server's side of a WebSocket (RFC 6455) on a connection that has asked for one: its greeting, and messages both
// ways.
//
// Guarantees: a peer that does not keep to the protocol, or says more at once than is allowed, is told why and closed;
// what it pings is answered; no message is written behind the one that closes.

import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'

export const textMessage = 1
export const byteMessage = 2
const continuation = 0
const closing = 8
const ping = 9
const pong = 10

/** Why a socket is closed. */
export const normalClosure = 1000
const protocolError = 1002
const tooBig = 1009

const defaultLongestBytes = 1 << 20

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

export function closingFrame(code: number): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return frame(closing, payload)
}

/** RFC 6455, 4.2.2. `protocol` is what was chosen of those that the client speaks; empty: none. */
export function greeting(key: string, protocol: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const chosen = protocol === '' ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
  return `${head}Sec-WebSocket-Accept: ${accept}\r\n${chosen}\r\n`
}

/** The names that a header of subprotocols has, in the client's order. */
export const protocolNames = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

interface Frame {
  readonly isLast: boolean
  readonly operation: number
  readonly payload: Buffer
}

class Violation extends Error {
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

/** Puts together what comes in pieces. */
class FrameReader {
  readonly #longestBytes: number
  #chunks: Buffer[] = []
  #sizeBytes = 0

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes
  }

  *read(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk)
    this.#sizeBytes += chunk.length
    while (true) {
      const needed = this.#neededBytes()
      if (this.#sizeBytes < needed) return
      const all = this.#joined()
      const frame = this.#take(all)
      if (!frame) return
      yield frame
    }
  }

  /** How much must be there for the next step; what has come in small pieces is not put together for each. */
  #neededBytes(): number {
    const [first] = this.#chunks
    if (!first || first.length < 14) return 2
    const { headBytes, payloadBytes } = this.#head(first)
    return headBytes + payloadBytes
  }

  #joined(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }

  #head(bytes: Buffer): { headBytes: number; payloadBytes: number } {
    if ((bytes[1]! & 0x80) === 0) throw new Violation(protocolError, 'A frame of a client is not masked')
    if ((bytes[0]! & 0x70) !== 0) throw new Violation(protocolError, 'A frame has bits that mean nothing')
    const short = bytes[1]! & 0x7f
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
    const headBytes = 2 + lengthBytes + 4
    if (bytes.length < headBytes) return { headBytes, payloadBytes: 0 }
    const payloadBytes =
      lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    if (payloadBytes > this.#longestBytes) throw new Violation(tooBig, 'A frame is too long')
    return { headBytes, payloadBytes }
  }

  #take(bytes: Buffer): Frame | undefined {
    const { headBytes, payloadBytes } = this.#head(bytes)
    const end = headBytes + payloadBytes
    if (bytes.length < end || bytes.length < headBytes) return undefined
    const mask = bytes.subarray(headBytes - 4, headBytes)
    const payload = Buffer.from(bytes.subarray(headBytes, end))
    for (let i = 0; i < payload.length; i++) payload[i]! ^= mask[i % 4]!
    const rest = bytes.subarray(end)
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#sizeBytes = rest.length
    return { isLast: (bytes[0]! & 0x80) !== 0, operation: bytes[0]! & 0x0f, payload }
  }
}

export interface WebSocketOptions {
  readonly socket: Duplex
  /** What the client has sent behind its head. */
  readonly head: Uint8Array
  readonly key: string
  readonly protocol: string
  /** Undefined: nobody listens, and what is said is thrown away. */
  readonly onMessage?: ((payload: Buffer) => void) | undefined
  readonly longestBytes?: number
}

export interface ServedSocket {
  /** False: the client reads more slowly than it is written to; `drained` resolves when it has caught up. */
  send(operation: typeof textMessage | typeof byteMessage, payload: Uint8Array): boolean
  drained(): Promise<void>
  /** Says so, and closes the connection. */
  close(code?: number): void
  /** Aborts when the connection has ended, whoever ended it. */
  readonly ended: AbortSignal
}

export function serveWebSocket(options: WebSocketOptions): ServedSocket {
  const { socket, head, key, protocol, onMessage, longestBytes = defaultLongestBytes } = options
  const gone = new AbortController()
  const reader = new FrameReader(longestBytes)
  let parts: Buffer[] = []
  let partsBytes = 0
  let isOver = false

  const close = (code = normalClosure): void => {
    if (isOver) return
    isOver = true
    if (!socket.destroyed) socket.end(closingFrame(code))
    gone.abort()
  }
  const take = ({ isLast, operation, payload }: Frame): void => {
    if (operation === closing) close(payload.length >= 2 ? payload.readUInt16BE(0) : normalClosure)
    else if (operation === ping) socket.write(frame(pong, payload))
    else if (operation !== pong && onMessage) gather(isLast, operation, payload, onMessage)
  }
  const gather = (isLast: boolean, operation: number, payload: Buffer, hear: (message: Buffer) => void): void => {
    if (operation > byteMessage) throw new Violation(protocolError, 'A frame is of no known kind')
    if ((operation === continuation) !== parts.length > 0)
      throw new Violation(protocolError, 'A message begins where another has not ended')
    parts.push(payload)
    partsBytes += payload.length
    if (partsBytes > longestBytes) throw new Violation(tooBig, 'A message is too long')
    if (!isLast) return
    const message = parts.length === 1 ? payload : Buffer.concat(parts)
    parts = []
    partsBytes = 0
    hear(message)
  }
  const hear = (chunk: Buffer): void => {
    if (isOver) return
    try {
      for (const each of reader.read(chunk)) {
        take(each)
        if (isOver) return
      }
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      close(error.code)
    }
  }
  const end = (): void => {
    isOver = true
    gone.abort()
    socket.destroy()
  }
  socket.on('error', end)
  socket.once('close', end)
  socket.once('end', end)
  socket.write(greeting(key, protocol))
  if (head.length > 0) hear(Buffer.from(head))
  socket.on('data', hear)
  return {
    send: (operation, payload) => isOver || socket.write(frame(operation, payload)),
    drained: () =>
      new Promise((resolve) => {
        if (isOver || !socket.writableNeedDrain) return resolve()
        const done = (): void => {
          socket.off('drain', done)
          gone.signal.removeEventListener('abort', done)
          resolve()
        }
        socket.once('drain', done)
        gone.signal.addEventListener('abort', done, { once: true })
      }),
    close,
    ended: gone.signal,
  }
}
