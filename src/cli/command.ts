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
  /** Whether standard error is a terminal: lines on it can be written anew. */
  readonly isTty: boolean
  /** Which streams take colour. */
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean }
  /** The folder in which the command was called. */
  readonly cwd: string
}

export interface CommandFile {
  /** Adds the command to the program; its action may throw, and `main` prints the error. */
  readonly register: (program: Command, outside: Outside) => void
}

/** The command failed, or what it looked at is not well. */
export const failed = 1
/** The command line itself is wrong: flags, arguments, names. */
export const wrongUse = 2

/** An error that is the user's to mend: printed as it is, without a stack. */
export class UsageError extends Error {
  readonly exitCode: number
  constructor(text: string, exitCode = failed) {
    super(text)
    this.name = 'UsageError'
    this.exitCode = exitCode
  }
}

/** Steps are shown on standard error, so that standard output holds only the answer; none with `-o json`. */
export const progressOf = ({ isTty, colour, stderr, clock }: Outside, output: string | undefined): Progress =>
  output === 'json' ? quietProgress : terminalProgress({ isTty, colour: colour.stderr, write: stderr }, clock)

/** Examples behind a command's help, as kubectl has them. commander takes the colour off where none is wanted. */
export const examples = (...lines: readonly [comment: string, command: string][]): string =>
  `\n${paint(true, 'bold', 'Examples:')}\n${lines.map(([comment, command]) => `  ${paint(true, 'dim', `# ${comment}`)}\n  ${command}`).join('\n\n')}`

const namePattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/

/** A cluster's name becomes part of host names, links and folders. */
export function checkName(name: string): string {
  if (namePattern.test(name)) return name
  throw new UsageError(
    `"${name}" is not a good cluster name: up to 32 of a-z, 0-9 and '-', beginning and ending with a letter or digit`,
    wrongUse,
  )
}

export function checkCount(text: string, least: number, most: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= least && count <= most) return count
  throw new UsageError(`"${text}" is not a whole number from ${least} to ${most}`, wrongUse)
}

/** The value of a flag that has to say which, as upstream's flags of these names may. */
export function parseBool(flag: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new UsageError(`${flag}: "${text}" is neither true nor false`)
}

/** The server speaks HTTPS only. */
export function checkUrl(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return text
  throw new UsageError(`"${text}" is not a URL of the form https://HOST:PORT`, wrongUse)
}
