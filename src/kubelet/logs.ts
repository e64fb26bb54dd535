// Reads a container's log as `kubectl logs` asks for it: from which line or time, how much, with or without
// times, and on as it grows, over rotations, until the container has ended.
//
// Assumes: the runtime writes whole lines (CRI format). Guarantees: a reader holds one chunk at a time whatever
// the log's size, and follows by being woken, not by looking again and again.

import type { Files, OpenFile } from './files.ts'
import { type LogRecord, parseLogLine } from './log-format.ts'

export interface LogOptions {
  readonly follow?: boolean | undefined
  readonly tailLines?: number | undefined
  readonly sinceMs?: number | undefined
  readonly limitBytes?: number | undefined
  readonly timestamps?: boolean | undefined
  readonly stream?: 'stdout' | 'stderr' | undefined
}

export interface LogSource {
  readonly files: Files
  readonly path: string
  /** False once the container writes no more. */
  readonly isRunning: () => boolean
  /** Calls when `isRunning` may have changed. Returns how to end that. */
  readonly onChange: (changed: () => void) => () => void
  readonly signal: AbortSignal
}

const chunkBytes = 64 * 1024
/** containerd cuts lines at 16 KiB; a longer one is not a log of ours. */
const longestLineBytes = 1024 * 1024
const newline = 0x0a

export async function* readLog(source: LogSource, options: LogOptions = {}): AsyncIterable<Uint8Array> {
  const { files, path, signal } = source
  const changes = new Changes(source)
  let file = await files.open(path)
  const writer = new LogWriter(options)
  try {
    if (!file && options.follow) file = await waitForFile(source, changes)
    if (!file) return
    const { sizeBytes } = await file.stat()
    let offset = await tailOffset(file, sizeBytes, options.tailLines)
    // Who does not follow gets what is there now: what is written meanwhile would be more than the last lines, and a log
    // that grows as fast as it is read has no end.
    const endBytes = options.follow ? Number.POSITIVE_INFINITY : sizeBytes
    let rest: Uint8Array = new Uint8Array()
    while (!signal.aborted) {
      const wasRunning = source.isRunning()
      changes.clear()
      const chunk = await file.read(offset, Math.min(chunkBytes, endBytes - offset))
      if (chunk.length > 0) {
        offset += chunk.length
        const { lines, left } = splitLines(rest, chunk)
        rest = left
        const out = writer.write(lines)
        if (out.length > 0) yield out
        if (writer.isFull) return
        continue
      }
      if (!options.follow) return
      const next = await rotated(files, path, file, offset)
      if (next) {
        await file.close()
        file = next
        offset = 0
        rest = new Uint8Array()
        // It ended before this last look at its log: there is no more to come.
      } else if (!wasRunning) return
      else await changes.wait()
    }
  } finally {
    changes.stop()
    await file?.close()
  }
}

/** Wakes a reader when the file or the container has changed since `clear`. */
class Changes {
  #changed = false
  #wake: (() => void) | undefined
  readonly #stops: (() => void)[]

  constructor({ files, path, onChange, signal }: LogSource) {
    const tell = () => {
      this.#changed = true
      this.#wake?.()
    }
    signal.addEventListener('abort', tell, { once: true })
    this.#stops = [files.watch(path, tell), onChange(tell), () => signal.removeEventListener('abort', tell)]
  }

  clear(): void {
    this.#changed = false
  }

  async wait(): Promise<void> {
    if (this.#changed) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }
}

async function waitForFile(
  { files, path, isRunning, signal }: LogSource,
  changes: Changes,
): Promise<OpenFile | undefined> {
  for (;;) {
    changes.clear()
    const file = await files.open(path)
    if (file || !isRunning() || signal.aborted) return file
    await changes.wait()
  }
}

/** The file that has taken the name, once nothing is left to read of the one before. */
async function rotated(files: Files, path: string, file: OpenFile, offset: number): Promise<OpenFile | undefined> {
  const [now, held] = await Promise.all([files.stat(path), file.stat()])
  if (!now || now.inode === held.inode || held.sizeBytes > offset) return undefined
  return files.open(path)
}

/** Where the last `lines` lines of the first `sizeBytes` bytes begin. */
async function tailOffset(file: OpenFile, sizeBytes: number, lines: number | undefined): Promise<number> {
  if (lines === undefined) return 0
  if (lines === 0) return sizeBytes
  let end = sizeBytes
  // The newline that ends the last line does not begin another.
  let seen = -1
  while (end > 0) {
    const start = Math.max(0, end - chunkBytes)
    const chunk = await file.read(start, end - start)
    for (let i = chunk.length - 1; i >= 0; i--) {
      if (chunk[i] !== newline && start + i !== sizeBytes - 1) continue
      if (chunk[i] !== newline) seen++
      else if (++seen === lines) return start + i + 1
    }
    end = start
  }
  return 0
}

function splitLines(rest: Uint8Array, chunk: Uint8Array): { lines: Uint8Array[]; left: Uint8Array } {
  const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
  const lines: Uint8Array[] = []
  let start = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, start)) {
    lines.push(bytes.subarray(start, at))
    start = at + 1
  }
  const left = bytes.subarray(start)
  return { lines, left: left.length > longestLineBytes ? left.subarray(-longestLineBytes) : left }
}

/** From lines of the log to what the asker gets. */
class LogWriter {
  readonly #options: LogOptions
  #leftBytes: number
  #isNewLine = true

  constructor(options: LogOptions) {
    this.#options = options
    this.#leftBytes = options.limitBytes ?? Number.POSITIVE_INFINITY
  }

  get isFull(): boolean {
    return this.#leftBytes <= 0
  }

  write(lines: readonly Uint8Array[]): Uint8Array {
    const parts: Uint8Array[] = []
    for (const line of lines) {
      const record = parseLogLine(line)
      if (!record || !this.#isWanted(record)) continue
      // The parts of one long line carry one time.
      if (this.#options.timestamps && this.#isNewLine) parts.push(Buffer.from(`${record.time} `))
      parts.push(record.text)
      if (!record.partial) parts.push(Buffer.from('\n'))
      this.#isNewLine = !record.partial
    }
    const all = Buffer.concat(parts)
    const out = all.length > this.#leftBytes ? all.subarray(0, this.#leftBytes) : all
    this.#leftBytes -= out.length
    return out
  }

  #isWanted({ timeMs, stream }: LogRecord): boolean {
    const { sinceMs, stream: wanted } = this.#options
    return (sinceMs === undefined || timeMs >= sinceMs) && (wanted === undefined || stream === wanted)
  }
}
