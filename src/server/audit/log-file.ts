// Where records go: a file with a line of JSON each, which is put aside when it has grown large.

import { mkdirSync } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { type MakeRecord, type OnKept, RecordQueue } from './record-queue.ts'

export interface LogFileOptions {
  readonly path: string
  /** The file is put aside before it grows past this. */
  readonly maxSizeBytes: number
  /** How many put-aside files stay; 0 is all of them. */
  readonly maxBackups: number
  /** How old a put-aside file may get; 0 is any age. */
  readonly maxAgeMs: number
  readonly clock: Clock
  readonly log: Log
}

export interface LogFile {
  /** False: it is dropped, there is no room for it. */
  offer(make: MakeRecord): boolean
  /** Resolves when the record is kept, or is lost: false. */
  keep(make: MakeRecord): Promise<boolean>
  readonly dropped: number
  readonly written: number
  /** Writes what waits, then closes the file. */
  close(): Promise<void>
}

/** So many records are put together before others get their turn. */
const batchSize = 200

export function openLogFile(options: LogFileOptions): LogFile {
  const { path, log } = options
  mkdirSync(dirname(path), { recursive: true })
  const queue = new RecordQueue()
  let writing: Promise<void> | undefined
  let file: FileHandle | undefined
  let sizeBytes = 0

  const openFile = async (): Promise<FileHandle> => {
    file = await open(path, 'a', 0o600)
    sizeBytes = (await file.stat()).size
    return file
  }
  const append = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text)
    let to = file ?? (await openFile())
    if (sizeBytes > 0 && sizeBytes + bytes.length > options.maxSizeBytes) {
      await to.close()
      file = undefined
      await putAside(options)
      to = await openFile()
    }
    await to.appendFile(bytes)
    sizeBytes += bytes.length
  }
  const drain = async (): Promise<void> => {
    const write = (records: readonly object[]) =>
      append(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    while (queue.length > 0)
      await queue.pass(batchSize, write, (error) => log.error('Cannot write the audit log', { path, error }))
    writing = undefined
  }
  const offer = (make: MakeRecord, onKept?: OnKept): boolean => {
    if (!queue.offer(make, onKept)) return false
    writing ??= Promise.resolve().then(drain)
    return true
  }
  return {
    get dropped() {
      return queue.dropped
    },
    get written() {
      return queue.written
    },
    offer,
    keep: (make) => new Promise((resolve) => offer(make, resolve)),
    close: async () => {
      queue.close()
      await writing
      await file?.close()
      file = undefined
    },
  }
}

/** `audit.log` becomes `audit-2026-01-02T03-04-05.678.log`, as upstream names it. */
async function putAside({ path, maxBackups, maxAgeMs, clock }: LogFileOptions): Promise<void> {
  const [dir, ending] = [dirname(path), extname(path)]
  const stem = `${basename(path, ending)}-`
  const nowMs = clock.now()
  const time = new Date(nowMs).toISOString().slice(0, 23).replaceAll(':', '-')
  await rename(path, join(dir, `${stem}${time}${ending}`))
  const old = (await readdir(dir)).filter((name) => name.startsWith(stem) && name.endsWith(ending)).sort()
  const tooMany = maxBackups > 0 ? old.slice(0, Math.max(0, old.length - maxBackups)) : []
  for (const name of old) {
    const aside = join(dir, name)
    const isOld = maxAgeMs > 0 && nowMs - (await stat(aside)).mtimeMs > maxAgeMs
    if (isOld || tooMany.includes(name)) await rm(aside, { force: true })
  }
}
