// From the arguments to a command. The only reader of process.argv and process.env.

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { type Outside, UsageError } from '#cli/command.ts'
import { localCommands } from '#cli/commands/index.ts'
import { keepProcessAlive, realClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { roleCommands } from './main/commands.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

const outside: Outside = {
  env: process.env,
  home: homedir(),
  platform: process.platform,
  arch: process.arch,
  uid: process.getuid?.() ?? -1,
  version,
  program: join(root, 'bin', 'pinnace'),
  clock: realClock,
  random: systemRandom,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTty: process.stderr.isTTY === true,
}

const program = new Command('pinnace')
  .description('A container orchestrator that speaks the Kubernetes API.')
  .version(version, '--version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .showHelpAfterError('(see --help)')
  .exitOverride()

for (const command of [...localCommands, ...roleCommands]) command.register(program, outside)

// Timers alone do not keep a process: a command that waits for one is held here until it is done.
const alive = keepProcessAlive()
try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else {
    const text = error instanceof Error ? error.message : String(error)
    outside.stderr(`error: ${text}\n`)
    if (process.env.PINNACE_DEBUG && error instanceof Error) outside.stderr(`${error.stack}\n`)
    process.exitCode = error instanceof UsageError ? error.exitCode : 1
  }
} finally {
  alive.cancel()
}
