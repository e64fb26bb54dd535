// What is written down of a local cluster: enough to find every trace of it again after a crash. It is written
// before the first trace is made.

import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import type { MachineBefore } from './host-network.ts'
import type { ClusterPaths } from './paths.ts'

export interface NodeState {
  readonly name: string
  /** Counts from 1; addresses follow from it. */
  readonly position: number
}

export interface ClusterState {
  readonly name: string
  /** Tells the clusters of one machine apart; names and subnets follow from it. */
  readonly index: number
  readonly simulated: boolean
  /** What the server is started with beyond what every server is. */
  readonly serverFlags?: readonly string[] | undefined
  /** Of the API server, on every address that it listens on. */
  readonly port: number
  readonly nodes: readonly NodeState[]
  /** How the machine was before its first cluster. */
  readonly before: MachineBefore
  /** The user's kubeconfig that got this cluster's context. */
  readonly kubeconfig: string
  /** Others that got it before, when $KUBECONFIG was another. */
  readonly earlierKubeconfigs?: readonly string[]
}

export function readState(paths: ClusterPaths): ClusterState | undefined {
  if (!existsSync(paths.state)) return undefined
  try {
    return JSON.parse(readFileSync(paths.state, 'utf8')) as ClusterState
  } catch (error) {
    throw new Error(`"${paths.state}" cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

export function writeState(paths: ClusterPaths, state: ClusterState): void {
  mkdirSync(paths.dir, { recursive: true, mode: 0o711 })
  writeFileSync(`${paths.state}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  renameSync(`${paths.state}.new`, paths.state)
}

/** The id of the user who made the cluster; undefined: there is none. */
export const ownerOf = (paths: ClusterPaths): number | undefined =>
  statSync(paths.state, { throwIfNoEntry: false })?.uid
