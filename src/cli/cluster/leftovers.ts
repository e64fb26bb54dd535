// What containers' tools leave outside of a cluster's folder when they are killed instead of ended: their paths are
// fixed, so files of all clusters, and of others, lie side by side there. Only what points into our folder is taken.

import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const shimRoot = '/run/containerd'
const networkRoot = '/var/lib/cni'

const list = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : [])

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Gone meanwhile: its container has just ended in order.
    return ''
  }
}

/** The sockets of the shims of one containerd; its state folder says which they are. */
export function removeShimSockets(stateDir: string): void {
  const tasks = join(stateDir, 'io.containerd.runtime.v2.task', 'k8s.io')
  for (const id of list(tasks)) {
    const socket = read(join(tasks, id, 'address')).replace(/^unix:\/\//, '')
    if (socket.startsWith(`${shimRoot}/s/`)) rmSync(socket, { force: true })
  }
}

/** What the network plugins have noted of containers whose network namespaces were below this folder. */
export function removeNetworkResults(dir: string): void {
  const results = join(networkRoot, 'results')
  for (const name of list(results)) {
    const file = join(results, name)
    if (read(file).includes(`"${dir}/`)) rmSync(file, { force: true })
  }
}

/** The folders themselves, when nothing is left in them. */
export function removeEmptyFolders(): void {
  for (const dir of [`${shimRoot}/s`, shimRoot, `${networkRoot}/results`, networkRoot]) {
    try {
      rmdirSync(dir)
    } catch {
      // Not there, or others have something in it.
    }
  }
}
