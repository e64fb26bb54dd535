// A command of the command line: its name, flags, help with examples, and what it does. `commands/index.ts` is
// the list of them. What a command needs of the outside (arguments, streams, environment) is passed in.

import type { Command } from 'commander'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'
import { type Progress, paint, quietProgress, terminalProgress } from './output/progress.ts'

export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly platform: string
  readonly arch: string
  readonly uid: number
  readonly version: string
  /** The shell script that starts this program. */
  readonly program: string
  readonly clock: Clock
  readonly random: Random
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly isTty: boolean
}

export interface CommandFile {
  /** Adds the command to the program; its action may throw, and `main` prints the error. */
  readonly register: (program: Command, outside: Outside) => void
}

/** An error that is the user's to mend: printed as it is, without a stack. The exit code is 1 unless given. */
export class UsageError extends Error {
  readonly exitCode: number
  constructor(text: string, exitCode = 1) {
    super(text)
    this.name = 'UsageError'
    this.exitCode = exitCode
  }
}

/** Steps are shown on standard error, so that standard output holds only the answer; none with `-o json`. */
export const progressOf = ({ isTty, stderr, clock }: Outside, output: string | undefined): Progress =>
  output === 'json' ? quietProgress : terminalProgress({ isTty, write: stderr }, clock)

/** Examples behind a command's help, as kubectl has them. */
export const examples = (isTty: boolean, ...lines: readonly [comment: string, command: string][]): string =>
  `\n${paint(isTty, 'bold', 'Examples:')}\n${lines.map(([comment, command]) => `  # ${comment}\n  ${command}\n`).join('\n')}`

const units = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/

/** A cluster's name becomes part of host names, links and folders. */
export function checkName(name: string): string {
  if (units.test(name)) return name
  throw new UsageError(
    `"${name}" is not a good cluster name: up to 32 of a-z, 0-9 and '-', beginning and ending with a letter or digit`,
  )
}

export function checkCount(text: string, least: number, most: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= least && count <= most) return count
  throw new UsageError(`"${text}" is not a whole number from ${least} to ${most}`)
}
