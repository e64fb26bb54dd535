// Keeps container logs bounded: one that has grown over the limit is put aside under its time, the runtime is told
// to begin a new one, and the oldest ones go. Nothing tells of a file's growth, so sizes are looked at now and then.

import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import type { Files } from './files.ts'
import type { ObservedContainer } from './observed.ts'
import type { Runtime } from './runtime/runtime.ts'

export interface LogRotationOptions {
  readonly runtime: Runtime
  readonly files: Files
  readonly clock: Clock
  readonly log: Log
  readonly maxSizeBytes: number
  /** With the one that is written to. */
  readonly maxFiles: number
  readonly containers: () => readonly ObservedContainer[]
  readonly signal: AbortSignal
}

const lookMs = 10_000

export async function rotateLogs(options: LogRotationOptions): Promise<void> {
  const { clock, signal, log, containers } = options
  while (!signal.aborted) {
    await clock.sleep(lookMs, signal).catch(() => {})
    if (signal.aborted) return
    for (const container of containers())
      if (container.state === 'running' && container.logPath !== '')
        await rotateIfLarge(options, container.id, container.logPath).catch((error) =>
          log.warn('Cannot rotate a log', { path: container.logPath, error: errorText(error) }),
        )
  }
}

/** As in `0.log.20300101-120000`. */
const rotatedName = (path: string, nowMs: number): string => {
  const time = new Date(nowMs).toISOString()
  return `${path}.${time.slice(0, 10).replaceAll('-', '')}-${time.slice(11, 19).replaceAll(':', '')}`
}

export async function rotateIfLarge(options: LogRotationOptions, id: string, path: string): Promise<boolean> {
  const { files, runtime, clock, maxSizeBytes } = options
  const stat = await files.stat(path)
  if (!stat || stat.sizeBytes < maxSizeBytes) return false
  await removeOldest(options, path)
  const aside = rotatedName(path, clock.now())
  await files.rename(path, aside)
  try {
    await runtime.reopenLog(id)
  } catch (error) {
    // What the container goes on writing must stay where it is looked for.
    await files.rename(aside, path)
    throw error
  }
  return true
}

async function removeOldest({ files, maxFiles }: LogRotationOptions, path: string): Promise<void> {
  const [folder, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
  const aside = (await files.list(folder)).filter((each) => each.startsWith(`${name}.`)).sort()
  // One place is for the file that is put aside now, one for the new one.
  const keep = Math.max(0, maxFiles - 2)
  for (const each of aside.slice(0, Math.max(0, aside.length - keep))) await files.remove(`${folder}/${each}`)
}
