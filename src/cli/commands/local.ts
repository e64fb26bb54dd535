// What the commands about local clusters share: which cluster is meant, and whether it is there.

import { run } from '#lib/exec.ts'
import { type ClusterTools, LocalCluster } from '../cluster/cluster.ts'
import { inspectMachine } from '../cluster/machine.ts'
import { clusterPaths, defaultDataDir } from '../cluster/paths.ts'
import { readState } from '../cluster/state.ts'
import { checkName, type Outside, UsageError } from '../command.ts'

export interface LocalOptions {
  readonly name: string
  readonly dataDir?: string
  readonly output?: string
}

export const defaultName = 'pinnace'

export function toolsFor(options: LocalOptions, outside: Outside): ClusterTools {
  const { platform, uid, env, home, clock, program, arch, version } = outside
  return {
    paths: clusterPaths(options.dataDir ?? defaultDataDir(checkName(options.name), uid === 0, home)),
    machine: inspectMachine(platform, uid, env.PATH ?? ''),
    run,
    clock,
    program,
    arch,
    version,
  }
}

/** The cluster of this name; an error with the next step when there is none. */
export function existingCluster(options: LocalOptions, outside: Outside): LocalCluster {
  const tools = toolsFor(options, outside)
  const state = readState(tools.paths)
  if (!state)
    throw new UsageError(`There is no cluster "${options.name}" here. Start it with: pinnace up --name ${options.name}`)
  return new LocalCluster(tools, state)
}
