// A client of SPDY for tests: it writes and reads one frame at a time.

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { createDeflate, createInflate, constants as zlib } from 'node:zlib'
import { headerDictionary } from './spdy.ts'

export function speakSpdy(socket: Duplex) {
  const deflate = createDeflate({ dictionary: headerDictionary, flush: zlib.Z_SYNC_FLUSH })
  const inflate = createInflate({ dictionary: headerDictionary, flush: zlib.Z_SYNC_FLUSH })
  const blocks: Buffer[] = []
  deflate.on('data', (chunk: Buffer) => blocks.push(chunk))
  let heard = Buffer.alloc(0)
  let wake = () => {}
  socket.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk])
    wake()
  })
  const more = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  const u32 = (n: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(n)
    return bytes
  }
  const text = (value: string) => Buffer.concat([u32(value.length), Buffer.from(value)])
  const control = (type: number, payload: Uint8Array) =>
    socket.write(Buffer.concat([Buffer.from([0x80, 3, 0, type]), u32(payload.length), payload]))
  const frame = async () => {
    while (heard.length < 8 || heard.length < 8 + (heard.readUInt32BE(4) & 0xffffff)) await more()
    const length = heard.readUInt32BE(4) & 0xffffff
    const [first, flags, payload] = [heard.readUInt32BE(0), heard[4]!, heard.subarray(8, 8 + length)]
    heard = heard.subarray(8 + length)
    return { type: first >= 0x80000000 ? first & 0xffff : 'data', id: first & 0x7fffffff, flags, payload }
  }
  return {
    /** What is said before SPDY begins. */
    async head(): Promise<string> {
      while (!heard.includes('\r\n\r\n')) await more()
      const end = heard.indexOf('\r\n\r\n') + 4
      const head = heard.toString('latin1', 0, end)
      heard = heard.subarray(end)
      return head
    },
    control,
    frame,
    async open(id: number, headers: Readonly<Record<string, string>>) {
      const entries = Object.entries(headers)
      blocks.length = 0
      await new Promise<void>((resolve) => {
        deflate.write(Buffer.concat([u32(entries.length), ...entries.flat().map(text)]))
        deflate.flush(() => resolve())
      })
      control(1, Buffer.concat([u32(id), u32(0), Buffer.from([0, 0]), ...blocks]))
    },
    data: (id: number, bytes: string) => socket.write(Buffer.concat([u32(id), u32(bytes.length), Buffer.from(bytes)])),
    /** How many headers a reply has. */
    async countHeaders(block: Uint8Array): Promise<number> {
      inflate.write(block)
      const [bytes] = (await once(inflate, 'data')) as [Buffer]
      return bytes.readUInt32BE(0)
    },
  }
}
