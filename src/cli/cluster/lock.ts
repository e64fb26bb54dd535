// One command at a time changes a cluster. The lock is a file that names its holder; the lock of a holder that has
// died, by kill -9 or a reboot, counts for nothing.

import { linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import type { ClusterPaths } from './paths.ts'
import { isAlive, rememberProcess } from './processes.ts'

/** Takes the lock in one step: a half-written one is never seen. */
function take(lock: string, own: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o711 })
  } catch (error) {
    throw new Error(
      `The cluster's folder "${dir}" cannot be made: ${error instanceof Error ? error.message : error}. Choose another with --data-dir`,
    )
  }
}

export async function withLock<T>(paths: ClusterPaths, work: () => Promise<T>): Promise<T> {
  makeFolder(paths.dir)
  const own = `${paths.lock}.${process.pid}`
  rememberProcess(own, process.pid)
  try {
    if (!take(paths.lock, own)) {
      if (isAlive(paths.lock)) {
        const [holder] = readFileSync(paths.lock, 'utf8').split(' ')
        throw new Error(`Another command is at work on this cluster (process ${holder}); try again when it is done`)
      }
      rmSync(paths.lock, { force: true })
      if (!take(paths.lock, own)) throw new Error('Another command is at work on this cluster; try again')
    }
  } finally {
    rmSync(own, { force: true })
  }
  try {
    return await work()
  } finally {
    rmSync(paths.lock, { force: true })
  }
}
