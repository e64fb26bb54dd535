// Starts a cluster's processes so that they outlive the command that started them: each in its control group,
// in its node's network namespace, with its output in a file.

import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import type { Clock } from '#lib/clock.ts'

export interface ProcessOptions {
  /** The file of the control group into which the process goes; undefined: none. */
  readonly cgroupProcs?: string | undefined
  /** The path of the network namespace; undefined: the host's. */
  readonly namespace?: string | undefined
  readonly command: readonly string[]
  readonly logFile: string
  readonly env?: Readonly<Record<string, string>>
}

/** Joins the group before anything else runs, so that no child is ever outside of it. */
const intoGroup = 'echo $$ > "$1" && shift && exec "$@"'

export function startProcess({ cgroupProcs, namespace, command, logFile, env }: ProcessOptions): number {
  const inNamespace = namespace === undefined ? command : ['nsenter', `--net=${namespace}`, ...command]
  const [program, ...args] =
    cgroupProcs === undefined ? inNamespace : ['sh', '-c', intoGroup, 'sh', cgroupProcs, ...inNamespace]
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(program!, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    })
    child.on('error', () => undefined)
    child.unref()
    if (child.pid === undefined) throw new Error(`"${program}" could not be started`)
    return child.pid
  } finally {
    closeSync(log)
  }
}

/** Tells a process from a later one with the same id: on Linux, the kernel's start time of it. */
function identityOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    try {
      process.kill(pid, 0)
      return ''
    } catch {
      return undefined
    }
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Writes down which process it is, in a form that a later process with the same id does not match. */
export const rememberProcess = (pidFile: string, pid: number): void =>
  writeFileSync(pidFile, `${pid} ${identityOf(pid) ?? ''}`)

/** Whether the process that was written down still runs. */
export function isAlive(pidFile: string): boolean {
  if (!existsSync(pidFile)) return false
  const [pid = '', identity = ''] = readFileSync(pidFile, 'utf8').split(' ')
  return identityOf(Number(pid)) === identity
}

export function endProcess(pidFile: string): void {
  if (isAlive(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8').split(' ')[0]), 'SIGKILL')
}

/** Resolves when `holds` does; rejects with `what` when that takes too long. */
export async function waitUntil(
  clock: Clock,
  what: string,
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = 30_000, everyMs = 15 } = {},
): Promise<void> {
  const untilMs = clock.monotonic() + timeoutMs
  while (!(await holds())) {
    if (clock.monotonic() > untilMs) throw new Error(`${what} within ${timeoutMs / 1000} s`)
    await clock.sleep(everyMs)
  }
}
