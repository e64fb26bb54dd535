// The seam between the scheduler and its plugins. A plugin says of a pod and a node whether they fit, and of those
// that fit how well, without side effects; `plugins/index.ts` is the list. A refusal is a value with upstream's
// sentence: it is counted, kept and shown.

import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Snapshot } from './snapshot.ts'

export interface Refusal {
  readonly reasons: readonly string[]
  /** False: no eviction of other pods could make it fit. */
  readonly resolvable: boolean
}

/** What a plugin has worked out for one pod, before it looks at nodes. */
export type State = unknown

/** A change of the cluster that may let a pod fit that did not. */
export type Wake =
  | 'node-added'
  | 'node-resources'
  | 'node-labels'
  | 'node-taints'
  | 'pod-removed'
  | 'pod-added'
  | 'pod-labels'
  /** A placed pod asks for less than before. */
  | 'pod-shrunk'

export interface Preparation {
  readonly state?: State
  /** `filter` has nothing to say about this pod. */
  readonly skip?: boolean
  /** No node will do. */
  readonly refusal?: Refusal
  /** Only nodes of these names come into question. */
  readonly only?: ReadonlySet<string>
}

export interface Plugin {
  readonly name: string
  /** What may change this plugin's mind about a pod that it has refused. */
  readonly wakes: readonly Wake[]
  /** `filter` needs no state: a change of a node can be held against it before a pod is tried again. */
  readonly looksAtNodeOnly?: boolean
  /** Whether the pod may not even wait for a place yet. */
  readonly holdsBack?: (pod: PodInfo) => boolean
  /** Once per pod, before any node. */
  readonly prepare?: (pod: PodInfo, snapshot: Snapshot) => Preparation
  readonly filter?: (pod: PodInfo, node: NodeInfo, state: never) => Refusal | undefined
  readonly score?: Score
}

export interface Score {
  readonly weight: number
  /** Once per pod, when it is known which nodes fit; undefined: all nodes are equal. */
  readonly prepare?: (pod: PodInfo, snapshot: Snapshot, fitting: readonly NodeInfo[]) => State | undefined
  /** Any number; `normalize` brings it to 0..100. */
  readonly of: (pod: PodInfo, node: NodeInfo, state: never) => number
  /** Undefined: it is in 0..100 already. */
  readonly normalize?: (scores: Float64Array, state: never) => void
}

export const maxScore = 100

/** The highest becomes 100, as by upstream's DefaultNormalizeScore. */
export function highestIsBest(scores: Float64Array): void {
  let max = 0
  for (const score of scores) if (score > max) max = score
  if (max === 0) return
  for (let i = 0; i < scores.length; i++) scores[i] = Math.floor((maxScore * scores[i]!) / max)
}

/** Nothing becomes 100, the highest 0, as by upstream's DefaultNormalizeScore in reverse. */
export function lowestIsBest(scores: Float64Array): void {
  highestIsBest(scores)
  for (let i = 0; i < scores.length; i++) scores[i] = maxScore - scores[i]!
}

/** As what evicting others could change. */
export const refuse = (...reasons: readonly string[]): Refusal => ({ reasons, resolvable: true })
export const refuseForGood = (...reasons: readonly string[]): Refusal => ({ reasons, resolvable: false })
