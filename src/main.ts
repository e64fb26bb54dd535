// From the arguments to a command. The only reader of process.argv and process.env.

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { examples, failed, type Outside, UsageError, wrongUse } from '#cli/command.ts'
import { paint } from '#cli/output/progress.ts'
import { keepProcessAlive, realClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { roleCommands, roleNames } from './main/commands.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

/** Terminals do, unless $NO_COLOR asks for none; $FORCE_COLOR asks for it everywhere. */
function takesColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR || FORCE_COLOR === '0') return false
  return stream.isTTY === true || Boolean(FORCE_COLOR)
}

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
  colour: { stdout: takesColour(process.stdout), stderr: takesColour(process.stderr) },
  cwd: process.cwd(),
}

/** A reader that has seen enough, as `head` has, is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const sayError = (text: string): void =>
  outside.stderr(`${paint(outside.colour.stderr, 'red', 'error:')} ${text.replace(/^error: /, '')}`)

const program = new Command('pinnace')
  .description('A container orchestrator that speaks the Kubernetes API.')
  .version(version, '--version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .configureHelp({ styleTitle: (title) => paint(true, 'bold', title) })
  .configureOutput({
    outputError: sayError,
    getOutHasColors: () => outside.colour.stdout,
    getErrHasColors: () => outside.colour.stderr,
  })
  .exitOverride()

/** A part of a cluster is smaller, and starts sooner, without what the other commands need. */
const isRole = roleNames.includes(process.argv[2] ?? '')
if (!isRole) {
  const { localCommands } = await import('#cli/commands/index.ts')
  program.commandsGroup('A cluster on this machine:')
  for (const command of localCommands) command.register(program, outside)
}
program.commandsGroup('A part of a cluster:')
for (const command of roleCommands) command.register(program, outside)
program.commandsGroup('More:').helpCommand('help [command]', 'print help for a command')
program.addHelpText(
  'after',
  examples(['Three nodes on this machine', 'pinnace up'], ['What a command takes', 'pinnace up --help']),
)

/** Behind an error of use stands where to read on. */
function pointToHelp(command: Command, name: string): void {
  command.showHelpAfterError(`Read: ${name} --help`)
  for (const child of command.commands) pointToHelp(child, `${name} ${child.name()}`)
}
pointToHelp(program, 'pinnace')

// Timers alone do not keep a process: a command that waits for one is held here until it is done.
const alive = keepProcessAlive()
try {
  await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, '--help'])
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : wrongUse
  else {
    const text = error instanceof Error ? error.message : String(error)
    sayError(`${text}\n`)
    if (process.env.PINNACE_DEBUG && error instanceof Error) outside.stderr(`${error.stack}\n`)
    process.exitCode = error instanceof UsageError ? error.exitCode : failed
  }
} finally {
  alive.cancel()
}
