// What a machine shows of clusters: two surveys are equal when a cluster has left nothing. Other clusters of the
// machine may come and go meanwhile: beside them, only what bears our cluster's name or number is looked at.

import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestCluster } from './cluster.ts'

export type Survey = Readonly<Record<string, readonly string[]>>

const lines = (command: string, ...args: readonly string[]): string[] =>
  spawnSync(command, args, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has gone away between being listed and being read.
    return ''
  }
}

const list = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : [])

/** Processes that are in a cluster's control group, or that were told the cluster's folder. */
function processes({ dir, name }: TestCluster): string[] {
  return list('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      // What has ended and only waits to be noticed holds nothing; its command line is gone.
      const told = read(`/proc/${pid}/cmdline`)
      if (told === '') return false
      // The watch over this very cluster, which ends when this process does.
      if (told.startsWith('sh\0-c\0tail --pid') || told.startsWith('tail\0--pid')) return false
      return told.includes(dir) || read(`/proc/${pid}/cgroup`).includes(`/pinnace/${name}/`)
    })
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

function* below(dir: string, folders: boolean): Generator<string> {
  for (const entry of list(dir)) {
    const path = join(dir, entry)
    let isFolder: boolean
    try {
      isFolder = lstatSync(path).isDirectory()
    } catch {
      continue
    }
    if (isFolder) yield* below(path, folders)
    if (isFolder || !folders) yield path
  }
}

/** Where containers' tools leave files outside of a cluster's own folder. */
const watched = ['/run', '/var/lib/cni', '/var/log', '/etc/cni', '/opt/cni', '/dev/shm', '/var/lib/pinnace']

/** Sockets that somebody listens on belong to whoever still runs. */
function files(): string[] {
  const live = new Set(
    read('/proc/net/unix')
      .split('\n')
      .map((line) => line.split(' ').at(-1)),
  )
  const temporary = list('/tmp').filter((name) => /pinnace-image-|containerd|cri-|runc/.test(name))
  return [...watched.flatMap((dir) => [...below(dir, false)]), ...temporary.map((name) => join('/tmp', name))]
    .filter((path) => !live.has(path))
    .map((path) => (path.startsWith('/var/lib/cni/results/') ? `${path}: ${sandboxOf(path)}` : path))
}

/** Whose the note of a network plugin is. */
const sandboxOf = (file: string): string => /"sandbox":"([^"]*)"/.exec(read(file))?.[1] ?? ''

export function survey(cluster: TestCluster): Survey {
  return {
    processes: processes(cluster),
    mounts: read('/proc/self/mountinfo')
      .split('\n')
      .map((line) => line.split(' ').slice(3, 5).join(' ')),
    links: list('/sys/class/net'),
    namespaces: list('/run/netns'),
    cgroups: [...below('/sys/fs/cgroup', true)].filter((group) => /pinnace|kube|containerd|cri|runc|crun/.test(group)),
    rules: lines('nft', 'list', 'tables'),
    routes: lines('ip', 'route'),
    files: files(),
    forwarding: [`forwarding ${read('/proc/sys/net/ipv4/ip_forward').trim()}`],
    kubeconfig: [read(cluster.kubeconfig)],
  }
}

/** Whether there was another cluster, whose traces come and go as well. */
const hadOthers = (survey: Survey): boolean => survey.links?.some((link) => /^pinnace\d+$/.test(link)) ?? false

/** What bears the cluster's name, folder or number. */
function isOurs(trace: string, { name, index }: TestCluster): boolean {
  const numbered = new RegExp(`\\bpinnace${index}\\b|\\bpn${index}v\\d|172\\.30\\.${index}\\.`)
  return trace.includes(name) || numbered.test(trace) || /forwarding|current-context/.test(trace)
}

/** What came and went between two surveys; an empty object: nothing. */
export function difference(cluster: TestCluster, before: Survey, after: Survey): Record<string, unknown> {
  // Beside other clusters only what is known to be ours can be judged.
  const counts = hadOthers(before) || hadOthers(after) ? (trace: string) => isOurs(trace, cluster) : () => true
  const differences = Object.entries(before).flatMap(([what, then]) => {
    const now = after[what] ?? []
    const came = now.filter((trace) => !then.includes(trace) && counts(trace))
    const went = then.filter((trace) => !now.includes(trace) && counts(trace))
    return came.length + went.length === 0
      ? []
      : [[what, { came: came.slice(0, 20), went: went.slice(0, 20) }] as const]
  })
  return Object.fromEntries(differences)
}
