import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { pieceBytes, writeBody } from './write-body.ts'

const signal = new AbortController().signal

/** Keeps what it is given, and is done with it only when told to. */
class Slow extends Writable {
  readonly given: Buffer[] = []
  readonly #waiting: (() => void)[] = []

  constructor() {
    super({ highWaterMark: 1 })
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.given.push(chunk)
    this.#waiting.push(done)
  }

  /** Copies what it holds, as a socket does when it sends, and asks for more. */
  send(): Buffer[] {
    const sent = this.given.splice(0).map((chunk) => Buffer.from(chunk))
    for (const done of this.#waiting.splice(0)) done()
    return sent
  }
}

async function written(chunks: readonly Uint8Array[]): Promise<Buffer[]> {
  const to = new Slow()
  const ended = new Promise<void>((resolve) => to.once('finish', resolve))
  const writing = writeBody(to, { status: 200, headers: {}, body: { type: 'bytes', chunks } }, signal)
  const sent: Buffer[] = []
  let isDone = false
  void Promise.all([writing, ended]).then(() => {
    isDone = true
  })
  while (!isDone) {
    sent.push(...to.send())
    await new Promise((resolve) => setImmediate(resolve))
  }
  return sent
}

const chunk = (sizeBytes: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length: sizeBytes }, (_, i) => (i * 7 + seed) % 251))

for (const [what, sizes] of [
  ['one chunk', [10]],
  ['a few small ones', [1, 2, 3]],
  ['exactly one piece', [pieceBytes / 2, pieceBytes / 2]],
  ['one byte more than a piece', [pieceBytes, 1]],
  ['a chunk of several pieces', [3, 2.5 * pieceBytes, 5]],
  ['many small ones', Array.from({ length: 200 }, (_, i) => 3000 + i)],
  ['empty ones between', [0, 40_000, 0, 40_000, 0]],
] as const) {
  test(`writeBody() writes ${what}, every byte in order`, async () => {
    const chunks = sizes.map(chunk)
    const sent = await written(chunks)
    assert.ok(Buffer.concat(sent).equals(Buffer.concat(chunks)))
    if (sizes.length > 1) for (const piece of sent) assert.ok(piece.length <= pieceBytes)
  })
}

test('writeBody() hands out no buffer again that its writer still holds', async () => {
  const bodies = [1, 2, 3].map((seed) => Array.from({ length: 300 }, () => chunk(2000, seed)))
  const sent = await Promise.all(bodies.map(written))
  sent.forEach((pieces, i) => {
    assert.ok(Buffer.concat(pieces).equals(Buffer.concat(bodies[i]!)))
  })
})

test('writeBody() ends when the reader goes away in the middle', async () => {
  const control = new AbortController()
  const to = new Slow()
  const chunks = Array.from({ length: 3 }, () => chunk(pieceBytes, 1))
  const writing = writeBody(to, { status: 200, headers: {}, body: { type: 'bytes', chunks } }, control.signal)
  control.abort(new Error('gone'))
  await assert.rejects(writing, /gone/)
})
