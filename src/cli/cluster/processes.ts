// Starts a cluster's processes so that they outlive the command that started them: each in its control group,
// in its node's network namespace, with its output in a file.

import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
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
