// Writes a response's body to a connection. A list is thousands of small shared buffers, and a write each would
// cost more than copying them, so they are joined: little at once, and much in large buffers that are used again
// and again, since fresh ones are paid for in page faults and in garbage collections.
//
// Assumes that a writer is done with a buffer when it has called back without an error.

import type { Writable } from 'node:stream'
import type { ApiResponse } from './request.ts'

/** With the frames and records around it, a little less than twice the 64 KB that the kernel takes through its stack at
 *  once. What is a little more costs it one trip more, which makes large lists a quarter to a half dearer; what is
 *  twice as much does not stay in a core's own cache while it is copied, encrypted and sent. */
export const pieceBytes = 126 * 1024

/** Up to this much is joined without the large buffers, of which each writer would hold one. */
const smallBytes = 32 * 1024

/** What is this small is copied by hand: between two items of a list stand two bytes. */
const tinyBytes = 8

/** So many wait for the next lists: as many as one busy client asks for at the same time. A fresh one costs more than
 *  to fill it. */
const sparePieces = 32

const spare: Buffer[] = []

const takePiece = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(pieceBytes)

function giveBack(piece: Buffer): void {
  if (spare.length < sparePieces) spare.push(piece)
}

/** Where one body goes, at the pace of its reader. */
class Outlet {
  readonly #to: Writable
  readonly #signal: AbortSignal
  #waiting: PromiseWithResolvers<void> | undefined
  #listens = false

  constructor(to: Writable, signal: AbortSignal) {
    this.#to = to
    this.#signal = signal
  }

  /** Gives a promise when the writer wants no more for now: it resolves when it does, and rejects when it has gone away. */
  write(bytes: Uint8Array, onDone?: (error?: Error | null) => void): Promise<void> | undefined {
    return this.#to.write(bytes, onDone) ? undefined : this.#drained()
  }

  end(): void {
    this.#stopListening()
    this.#to.end()
  }

  #drained(): Promise<void> {
    if (this.#signal.aborted) return Promise.reject(this.#signal.reason)
    this.#waiting = Promise.withResolvers<void>()
    // Once for the body, as a large one waits for each of its pieces.
    if (!this.#listens) {
      this.#listens = true
      this.#to.on('drain', this.#onDrain)
      this.#signal.addEventListener('abort', this.#onAbort)
    }
    return this.#waiting.promise
  }

  readonly #onDrain = (): void => this.#waiting?.resolve()

  readonly #onAbort = (): void => {
    this.#stopListening()
    this.#waiting?.reject(this.#signal.reason)
  }

  #stopListening(): void {
    if (!this.#listens) return
    this.#to.off('drain', this.#onDrain)
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

/** Fills pieces with the chunks, one after the other, and writes each as soon as it is full. */
async function writePieces(to: Outlet, chunks: readonly Uint8Array[]): Promise<void> {
  let piece = takePiece()
  let used = 0
  const flush = (): Promise<void> | undefined => {
    const full = piece
    const sizeBytes = used
    used = 0
    // A writer that has failed may still hold the buffer.
    return to.write(full.subarray(0, sizeBytes), (error) => {
      if (!error) giveBack(full)
    })
  }
  for (const chunk of chunks) {
    const { length } = chunk
    if (length <= tinyBytes && length <= pieceBytes - used) {
      for (let i = 0; i < length; i++) piece[used + i] = chunk[i]!
      used += length
      continue
    }
    for (let from = 0; from < length; ) {
      if (used === pieceBytes) {
        await flush()
        piece = takePiece()
      }
      const part = from === 0 && length <= pieceBytes - used ? chunk : chunk.subarray(from, from + pieceBytes - used)
      piece.set(part, used)
      used += part.length
      from += part.length
    }
  }
  await flush()
}

/** Gives a promise only where there is something to wait for. */
function writeAll(to: Outlet, chunks: readonly Uint8Array[]): Promise<void> | undefined {
  const [first] = chunks
  if (first === undefined) return undefined
  if (chunks.length === 1) return to.write(first)
  let sizeBytes = 0
  for (const chunk of chunks) sizeBytes += chunk.length
  return sizeBytes > smallBytes ? writePieces(to, chunks) : to.write(Buffer.concat(chunks, sizeBytes))
}

export async function writeBody(to: Writable, response: ApiResponse, signal: AbortSignal): Promise<void> {
  const { body } = response
  switch (body.type) {
    case 'none':
      to.end()
      return
    case 'bytes': {
      if (body.chunks.length === 1) {
        to.end(body.chunks[0])
        return
      }
      const outlet = new Outlet(to, signal)
      await writeAll(outlet, body.chunks)
      outlet.end()
      return
    }
    case 'stream': {
      const outlet = new Outlet(to, signal)
      for await (const batch of body.batches) {
        if (signal.aborted) return
        const drained = writeAll(outlet, batch)
        if (drained) await drained
      }
      outlet.end()
      return
    }
    default:
      throw new Error(`A ${body.type} body cannot be written to a connection`)
  }
}
