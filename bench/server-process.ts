// A server as its users run it: a process of its own, from bin/pinnace, in a folder of its own. Gives what it has
// used of the processor, and what it holds of memory, from the kernel's own books (Linux).

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Credentials } from '#client/http2-connection.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { realClock } from '#lib/clock.ts'
import { follow, freePort } from '#lib/testing.ts'

export const program = fileURLToPath(new URL('../bin/pinnace', import.meta.url))

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  readonly credentials: Credentials
  /** From being started to the first ok of /readyz. */
  readonly startMs: number
  /** Ends it with a signal, and waits. */
  stop(): Promise<void>
}

export interface ServerProcessOptions {
  readonly dataDir: string
  readonly store?: 'sqlite' | 'memory'
  readonly disable?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The nanoseconds that all threads of a process have run, in milliseconds. */
export function cpuMs(pid: number): number {
  let ns = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // The thread has ended since its name was read.
    }
  }
  return ns / 1e6
}

const statusMB = (pid: number, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Resident memory: `all`, its highest so far, and the part that is the process's own (not the program's file). */
export const memoryMB = (pid: number): { all: number; highest: number; own: number } => ({
  all: statusMB(pid, 'VmRSS'),
  highest: statusMB(pid, 'VmHWM'),
  own: statusMB(pid, 'RssAnon'),
})

export const temporaryFolder = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'pinnace-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

const startLimitMs = 60_000

/** The line of its log says it: more precise than asking, and costs the server nothing. One that does not come this far
 *  is ended. */
async function readyOf(child: ChildProcess): Promise<void> {
  const timer = realClock.after(startLimitMs, () => child.kill('SIGKILL'))
  await follow(child, `The server, which has ${startLimitMs / 1000} s to be ready,`).ready.finally(() => timer.cancel())
}

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { dataDir, store = 'sqlite', disable, env } = options
  const port = await freePort()
  const args = ['server', '--data-dir', dataDir, '--listen', `127.0.0.1:${port}`, '--store', store]
  const startedMs = realClock.monotonic()
  const child = spawn(program, [...args, ...(disable ? ['--disable', disable] : [])], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await readyOf(child)
  const startMs = realClock.monotonic() - startedMs
  const { credentials } = resolveContext(readFileSync(join(dataDir, 'admin.kubeconfig'), 'utf8'), (path) =>
    readFileSync(path, 'utf8'),
  )
  return {
    url: `https://127.0.0.1:${port}`,
    pid: child.pid!,
    credentials,
    startMs,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
