// The seam between the scheduler and its plugins. A plugin says of a pod and a node whether they fit, and of those
// that fit how well, without side effects; `plugins/index.ts` is the list. A refusal is a value with upstream's
// sentence: it is counted, kept and shown.

import type { PodInfo } from './pod-info.ts'
import type { NodeInfo, Snapshot } from './snapshot.ts'

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
  | 'own-pod'

export interface Plugin {
  readonly name: string
  /** What may change this plugin's mind about a pod that it has refused. */
  readonly wakes: readonly Wake[]
  /** Before a pod may even wait for a place: why it may not; undefined: it may. */
  readonly gate?: (pod: PodInfo) => string | undefined
  /** Once per pod, before any node. `skip`: `filter` has nothing to say about this pod. */
  readonly prepare?: (
    pod: PodInfo,
    snapshot: Snapshot,
  ) => { readonly state?: State; readonly skip?: boolean; readonly refusal?: Refusal }
  readonly filter?: (pod: PodInfo, node: NodeInfo, state: never) => Refusal | undefined
  readonly score?: Score
}

export interface Score {
  readonly weight: number
  /** Once per pod, when it is known which nodes fit; undefined: all nodes are equal. */
  readonly prepare?: (pod: PodInfo, snapshot: Snapshot, fitting: readonly NodeInfo[], state: never) => State | undefined
  /** Any number; `normalize` brings it to 0..100. */
  readonly of: (pod: PodInfo, node: NodeInfo, state: never) => number
  /** `more`: the highest is best and becomes 100; `less`: the lowest is; undefined: it is in 0..100 already. */
  readonly normalize?: 'more' | 'less'
}

export const maxScore = 100

/** Brings a plugin's scores to 0..100, as upstream's DefaultNormalizeScore does. */
export function normalize(scores: number[], how: Score['normalize']): void {
  if (how === undefined) return
  let max = 0
  for (const score of scores) if (score > max) max = score
  for (let i = 0; i < scores.length; i++) {
    const share = max === 0 ? 0 : Math.floor((maxScore * scores[i]!) / max)
    scores[i] = how === 'more' ? share : maxScore - share
  }
}

export const refuse = (...reasons: readonly string[]): Refusal => ({ reasons, resolvable: true })
export const refuseForGood = (...reasons: readonly string[]): Refusal => ({ reasons, resolvable: false })
