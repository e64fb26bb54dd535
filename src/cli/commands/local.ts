// What the commands about local clusters share: their flags, which cluster is meant, and whether it is there.

import { realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type RunOptions, run } from '#lib/exec.ts'
import { type ClusterTools, LocalCluster } from '../cluster/cluster.ts'
import { findProgram, inspectMachine } from '../cluster/machine.ts'
import { clusterPaths, defaultDataDir } from '../cluster/paths.ts'
import { type ClusterState, ownerOf, readState } from '../cluster/state.ts'
import { checkName, type Outside, UsageError, wrongUse } from '../command.ts'

export interface LocalOptions {
  readonly name?: string
  readonly dataDir?: string
  readonly output?: string
}

const defaultName = 'pinnace'

const withOutput = (): Option => new Option('-o, --output <format>', 'print the answer as JSON').choices(['json'])

/** The flags that say which cluster is meant, and how to answer. */
export function localFlags(command: Command, { hasOutput = true } = {}): Command {
  command
    .addOption(new Option('--name <name>', `which cluster (default: "${defaultName}")`).env('PINNACE_NAME'))
    .addOption(
      new Option('--data-dir <dir>', 'the folder of the cluster, if not the usual one').env('PINNACE_DATA_DIR'),
    )
  return hasOutput ? command.addOption(withOutput()) : command
}

/** A cluster that is meant, whether it is there or not. */
export interface Place {
  readonly name: string
  readonly tools: ClusterTools
  readonly state: ClusterState | undefined
}

/** Where a cluster of this name is kept unless the user says otherwise. */
export const usualDir = (name: string, { uid, home }: Outside): string => defaultDataDir(name, uid === 0, home)

export function placeOf(options: LocalOptions, outside: Outside): Place {
  const { platform, uid, env, cwd, clock, program, arch, version } = outside
  const named = options.name === undefined ? undefined : checkName(options.name)
  const dir = options.dataDir ?? usualDir(named ?? defaultName, outside)
  const paths = clusterPaths(resolve(cwd, dir))
  const state = readState(paths)
  const name = named ?? state?.name ?? defaultName
  if (state && state.name !== name)
    throw new UsageError(`"${paths.dir}" is the folder of the cluster "${state.name}", not of "${name}"`, wrongUse)
  const machine = inspectMachine(platform, uid, env.PATH ?? '')
  // Root's programs are found also when the caller's PATH leaves them out.
  const runHere = (command: string, args: readonly string[], { env, ...rest }: RunOptions = {}) =>
    run(command, args, { ...rest, env: { PATH: machine.path, ...env } })
  return { name, state, tools: { paths, machine, run: runHere, clock, program, arch, version } }
}

/** How the user calls this program: by its name if that leads here, otherwise by its path. */
function calledAs({ program, env, cwd }: Outside): string {
  const found = findProgram('pinnace', env.PATH ?? '')
  if (found && realpathSync(found) === realpathSync(program)) return 'pinnace'
  const path = relative(cwd, program)
  return path.startsWith('..') ? program : path.includes('/') ? path : `./${path}`
}

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** A command line about this cluster, for the user to copy. */
export function commandLine(verb: string, { name, tools }: Place, outside: Outside): string {
  const words = [calledAs(outside), verb]
  if (name !== defaultName) words.push('--name', name)
  if (tools.paths.dir !== usualDir(name, outside)) words.push('--data-dir', quoted(tools.paths.dir))
  return words.join(' ')
}

/** The cluster that is meant; an error with the next step when there is none. */
export function existingCluster(options: LocalOptions, outside: Outside): { place: Place; cluster: LocalCluster } {
  const place = placeOf(options, outside)
  if (!place.state)
    throw new UsageError(
      `There is no cluster "${place.name}" here. Start one with: ${commandLine('up', place, outside)}`,
    )
  return { place, cluster: new LocalCluster(place.tools, place.state) }
}

/** Whoever changes a cluster is the one that made it, or root. */
export function checkOwner({ name, tools }: Place, { uid }: Outside): void {
  const owner = ownerOf(tools.paths)
  if (owner === undefined || uid === 0 || owner === uid) return
  throw new UsageError(`The cluster "${name}" belongs to ${owner === 0 ? 'root: use sudo' : `the user ${owner}`}`)
}
