// The server's side of SPDY/3.1 on a connection that has been upgraded to it, as far as kubectl speaks it: streams that
// the client opens, and bytes both ways. The first draft of HTTP/2; nothing else has kept it.
//
// Guarantees: what the client says is handed on in its order and not kept; a client that does not keep to the protocol
// is cut off. Windows are not looked at, as kubectl does not.

import type { Duplex } from 'node:stream'
import { createInflate, constants as zlib } from 'node:zlib'

export interface SpdyStream {
  /** Names are in small letters. */
  readonly headers: Readonly<Record<string, string>>
  onData: (bytes: Buffer) => void
  /** False: the client reads more slowly than it is written to. */
  write(bytes: Uint8Array): boolean
  /** Nothing more is said on this stream. */
  end(): void
}

export interface SpdyOptions {
  readonly socket: Duplex
  /** What the client has sent already. */
  readonly head: Uint8Array
  readonly onStream: (stream: SpdyStream) => void
}

export interface Spdy {
  /** Says that no stream is taken any more, and closes the connection. */
  close(): void
  /** Aborts when the connection has ended, whoever ended it. */
  readonly ended: AbortSignal
}

const synStream = 1
const synReply = 2
const rstStream = 3
const ping = 6
const goAway = 7
const finFlag = 1

/** Control frames are small; data is cut into pieces by the client. */
const longestFrameBytes = 1 << 20
const longestHeadersBytes = 16 << 10
const mostStreams = 1000

const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'
const tail =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

const counted = (text: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text)])
}

/** What both sides know before the first header (SPDY/3, 2.6.10.1). */
export const headerDictionary: Buffer = Buffer.concat([
  ...words.split(' ').map(counted),
  ...['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin'].map(counted),
  Buffer.from(tail),
])

/** No headers, as blocks that deflate stores as they are: so nothing need be remembered from one to the next. The empty
 *  block behind tells that this is all for now; Go's inflate hands out nothing before it. */
const noHeaders = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
const firstNoHeaders = Buffer.concat([Buffer.from([0x78, 0x01]), noHeaders])

function controlFrame(type: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt16BE(0x8003, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt32BE(payload.length, 4)
  return Buffer.concat([head, payload])
}

function dataFrame(id: number, payload: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(id, 0)
  head.writeUInt32BE(payload.length, 4)
  head[4] = flags
  return Buffer.concat([head, payload])
}

const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4)
  return bytes
}

/** One after the other: each builds on those before it. */
function headerBlocks(): (block: Buffer) => Promise<Record<string, string>> {
  const inflate = createInflate({ dictionary: headerDictionary, flush: zlib.Z_SYNC_FLUSH })
  let chunks: Buffer[] = []
  inflate.on('data', (chunk: Buffer) => chunks.push(chunk))
  return (block) =>
    new Promise((resolve, reject) => {
      inflate.once('error', reject)
      inflate.write(block, () => {
        inflate.off('error', reject)
        const bytes = Buffer.concat(chunks)
        chunks = []
        try {
          resolve(parseHeaders(bytes))
        } catch (error) {
          reject(error)
        }
      })
    })
}

function parseHeaders(bytes: Buffer): Record<string, string> {
  let at = 0
  const number = (): number => {
    at += 4
    return bytes.readUInt32BE(at - 4)
  }
  const text = (): string => {
    const length = number()
    if (at + length > bytes.length) throw new Error('A header ends too early')
    at += length
    return bytes.toString('utf8', at - length, at)
  }
  const headers: Record<string, string> = {}
  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase()
    headers[name] = text()
  }
  return headers
}

export function serveSpdy({ socket, head, onStream }: SpdyOptions): Spdy {
  const gone = new AbortController()
  const streams = new Map<number, SpdyStream>()
  const readHeaders = headerBlocks()
  let lastId = 0
  let isOver = false

  const end = (): void => {
    isOver = true
    streams.clear()
    gone.abort()
    socket.destroy()
  }
  const write = (bytes: Uint8Array): boolean => isOver || socket.write(bytes)

  const open = (id: number, headers: Record<string, string>): void => {
    if (streams.size >= mostStreams) throw new Error('Too many streams')
    let hasEnded = false
    const stream: SpdyStream = {
      headers,
      onData: () => undefined,
      write: (bytes) => hasEnded || write(dataFrame(id, bytes)),
      end: () => {
        if (!hasEnded) write(dataFrame(id, new Uint8Array(), finFlag))
        hasEnded = true
      },
    }
    streams.set(id, stream)
    write(controlFrame(synReply, Buffer.concat([numbers(id), lastId === 0 ? firstNoHeaders : noHeaders])))
    lastId = id
    onStream(stream)
  }

  const control = async (type: number, flags: number, payload: Buffer): Promise<void> => {
    switch (type) {
      case synStream: {
        if (payload.length > longestHeadersBytes) throw new Error('Headers are too long')
        const id = payload.readUInt32BE(0)
        if (id <= lastId) throw new Error('A stream is opened out of order')
        open(id, await readHeaders(payload.subarray(10)))
        if ((flags & finFlag) !== 0) streams.get(id)?.onData(Buffer.alloc(0))
        return
      }
      case rstStream:
        streams.delete(payload.readUInt32BE(0))
        return
      case ping:
        write(controlFrame(ping, payload))
        return
      case goAway:
        // Those that are open may still be spoken on; kubectl closes the connection when it has done.
        return
    }
  }

  const read = async (): Promise<void> => {
    let rest: Buffer = Buffer.from(head)
    const all = async (chunk: Buffer): Promise<void> => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= 8) {
        const length = rest.readUInt32BE(4) & 0xffffff
        if (length > longestFrameBytes) throw new Error('A frame is too long')
        if (rest.length < 8 + length) return
        const first = rest.readUInt32BE(0)
        const payload = rest.subarray(8, 8 + length)
        const flags = rest[4]!
        rest = rest.subarray(8 + length)
        if ((first & 0x80000000) !== 0) await control(first & 0xffff, flags, payload)
        else if (payload.length > 0) streams.get(first)?.onData(payload)
      }
    }
    await all(Buffer.alloc(0))
    for await (const chunk of socket) await all(chunk)
  }

  socket.on('error', end)
  socket.once('close', end)
  // A client that says what is no SPDY is cut off: there is no way to tell it why.
  void read().then(end, end)
  return {
    close: () => {
      if (isOver) return
      write(controlFrame(goAway, numbers(lastId, 0)))
      isOver = true
      streams.clear()
      gone.abort()
      socket.end()
    },
    ended: gone.signal,
  }
}
