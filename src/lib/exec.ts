// Programs of the operating system are run through this door: never by a shell, always with an end. A program
// that exits with another code than 0 is an answer, not an error; what cannot be started or is cut off throws.

import { spawn } from 'node:child_process'

export interface RunOptions {
  /** Written to the program's standard input, which is then closed. Without it the program reads nothing. */
  readonly input?: string | undefined
  /** The program is killed after this long; 30 s unless told otherwise. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Added to the environment; nothing else of it is changed. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** More output than this is an error. */
  readonly maxOutputBytes?: number | undefined
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** The door's shape: components take it as an argument, so that a test can stand in for the machine. */
export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>

const defaultTimeoutMs = 30_000
const defaultMaxOutputBytes = 64 * 1024 * 1024

export const run: Run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const { input, timeoutMs = defaultTimeoutMs, signal, env, maxOutputBytes = defaultMaxOutputBytes } = options
    const fail = (why: string, cause?: unknown) => reject(new Error(`Cannot run "${command}": ${why}`, { cause }))
    const child = spawn(command, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    })
    const collected = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    let sizeBytes = 0
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (sizeBytes > maxOutputBytes) child.kill('SIGKILL')
        else collected[name].push(chunk)
      })
    }
    child.on('error', (error) => (signal?.aborted ? reject(signal.reason) : fail(error.message, error)))
    child.on('close', (code, killedBy) => {
      if (sizeBytes > maxOutputBytes) return fail(`its output exceeds ${maxOutputBytes} bytes`)
      const stderr = Buffer.concat(collected.stderr).toString()
      if (code === null) return fail(`it was ended by ${killedBy} (limit ${timeoutMs} ms)${stderr && `: ${stderr}`}`)
      resolve({ stdout: Buffer.concat(collected.stdout).toString(), stderr, code })
    })
    // A program may end without reading its input; its exit code tells the story then.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })

/** Runs a program for its output; any other exit code than 0 throws with what the program said. */
export async function output(
  run: Run,
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> {
  const { stdout, stderr, code } = await run(command, args, options)
  if (code !== 0)
    throw new Error(
      `"${[command, ...args].join(' ')}" exited with ${code}: ${(stderr || stdout).trim().slice(0, 2000)}`,
    )
  return stdout
}
