// Writes a response's body to a connection. A list is thousands of small shared buffers, and a write each would
// cost more than copying them, so they are joined: little at once, and much in large buffers that are used again
// and again, since fresh ones are paid for in page faults and in garbage collections.
//
// Assumes that a writer is done with a buffer when it has called back without an error.

import type { Writable } from 'node:stream'
import type { ApiResponse } from './request.ts'

export const pieceBytes = 256 * 1024

/** Up to this much is joined without the large buffers, of which each writer would hold one. */
const smallBytes = 32 * 1024

/** More are in use when many lists are written at the same time; so many wait for the next ones. */
const sparePieces = 16

const spare: Buffer[] = []

const takePiece = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(pieceBytes)

function giveBack(piece: Buffer): void {
  if (spare.length < sparePieces) spare.push(piece)
}

/** Resolves when the writer wants more, or rejects when it has gone away. */
const drained = (to: Writable, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = () => {
      to.off('drain', onDrain)
      signal.removeEventListener('abort', onAbort)
    }
    const onDrain = () => {
      done()
      resolve()
    }
    const onAbort = () => {
      done()
      reject(signal.reason)
    }
    if (signal.aborted) return reject(signal.reason)
    to.once('drain', onDrain)
    signal.addEventListener('abort', onAbort, { once: true })
  })

/** Fills pieces with the chunks, one after the other, and writes each as soon as it is full. */
async function writePieces(to: Writable, chunks: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
  let piece = takePiece()
  let used = 0
  const flush = async () => {
    const full = piece
    // A writer that has failed may still hold the buffer.
    const wantsMore = to.write(full.subarray(0, used), (error) => {
      if (!error) giveBack(full)
    })
    used = 0
    if (!wantsMore) await drained(to, signal)
  }
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      if (used === pieceBytes) {
        await flush()
        piece = takePiece()
      }
      const part =
        from === 0 && chunk.length <= pieceBytes - used ? chunk : chunk.subarray(from, from + pieceBytes - used)
      piece.set(part, used)
      used += part.length
      from += part.length
    }
  }
  await flush()
}

async function writeAll(to: Writable, chunks: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
  let sizeBytes = 0
  for (const chunk of chunks) sizeBytes += chunk.length
  if (chunks.length > 1 && sizeBytes > smallBytes) return writePieces(to, chunks, signal)
  const [first] = chunks
  if (first && !to.write(chunks.length === 1 ? first : Buffer.concat(chunks, sizeBytes))) await drained(to, signal)
}

export async function writeBody(to: Writable, response: ApiResponse, signal: AbortSignal): Promise<void> {
  const { body } = response
  switch (body.type) {
    case 'none':
      to.end()
      return
    case 'bytes':
      if (body.chunks.length === 1) {
        to.end(body.chunks[0])
        return
      }
      await writeAll(to, body.chunks, signal)
      to.end()
      return
    case 'stream':
      for await (const batch of body.batches) {
        if (signal.aborted) return
        await writeAll(to, batch, signal)
      }
      to.end()
      return
    default:
      throw new Error(`A ${body.type} body cannot be written to a connection`)
  }
}
