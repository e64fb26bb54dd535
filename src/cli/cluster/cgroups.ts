// Control groups keep account of a cluster's processes: every one of them, and every container, is in a group
// below the cluster's, so that all can be found and ended even when nobody remembers their ids. Works on the
// unified hierarchy (v2) and on the separate ones (v1).

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '#lib/clock.ts'

const root = '/sys/fs/cgroup'

const isUnified = (): boolean => existsSync(join(root, 'cgroup.controllers'))

/** Every mounted hierarchy, with its own tree of groups. */
function hierarchies(): string[] {
  if (isUnified()) return [root]
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'cgroup.procs')))
    .map((entry) => join(root, entry.name))
}

/** The hierarchy in which processes are counted: any that each container is in as well. */
function accounting(): string {
  if (isUnified()) return root
  const found = ['pids', 'memory', 'systemd'].map((name) => join(root, name)).find((dir) => existsSync(dir))
  if (!found) throw new Error(`No control group hierarchy is mounted under ${root}`)
  return found
}

/** `/pinnace/<cluster>`, and for a node `/pinnace/<cluster>/<node>`; containers are in `kubepods` below it. */
export const groupOf = (cluster: string, node?: string): string =>
  node === undefined ? `/pinnace/${cluster}` : `/pinnace/${cluster}/${node}`

/** Makes the group for a role's own processes and returns the file into which a process writes its id. */
export function processGroup(group: string): string {
  const dir = join(accounting(), group, 'system')
  mkdirSync(dir, { recursive: true })
  return join(dir, 'cgroup.procs')
}

function* groupsBelow(dir: string): Generator<string> {
  if (!existsSync(dir)) return
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* groupsBelow(join(dir, entry.name))
  }
  yield dir
}

function pidsIn(dir: string): number[] {
  try {
    return readFileSync(join(dir, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    // The group went away between being listed and being read.
    return []
  }
}

/** The ids of all processes in the group and below. */
export const processesIn = (group: string): number[] => [...groupsBelow(join(accounting(), group))].flatMap(pidsIn)

/** Ends every process in the group and below, until none is left. */
export async function killGroup(group: string, clock: Clock, timeoutMs = 10_000): Promise<void> {
  const untilMs = clock.monotonic() + timeoutMs
  for (let pids = processesIn(group); pids.length > 0; pids = processesIn(group)) {
    if (clock.monotonic() > untilMs) throw new Error(`Processes ${pids.join(', ')} of ${group} could not be ended`)
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    await clock.sleep(10)
  }
}

/** Removes the empty groups in every hierarchy. */
export function removeGroup(group: string): void {
  for (const hierarchy of hierarchies()) {
    for (const dir of groupsBelow(join(hierarchy, group))) {
      try {
        rmdirSync(dir)
      } catch {
        // Still in use by somebody else, or already gone: only what is ours and empty is removed.
      }
    }
  }
}
