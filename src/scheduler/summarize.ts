// The sentence that tells people why a pod waits, in upstream's words (framework.FitError and DefaultPreemption):
// `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: 0/3 nodes are ...`.

import type { Pod } from '#api/core/pod.ts'
import type { Refusal } from './framework.ts'

export interface Outcome {
  readonly nodes: number
  /** The first refusal of each node. */
  readonly refusals: readonly Refusal[]
  /** A refusal of all nodes at once, before any was looked at. */
  readonly wholesale?: Refusal | undefined
  readonly pod: Pod
}

export function summarize({ nodes, refusals, wholesale, pod }: Outcome): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const reasons = wholesale ? wholesale.reasons.join(', ') : histogram(refusals)
  return `0/${nodes} nodes are available: ${reasons}. preemption: ${whyNotPreempt(nodes, refusals, pod)}`
}

/** `1 Insufficient cpu, 2 Insufficient memory`, sorted as text. */
function histogram(refusals: readonly Refusal[]): string {
  const counts = new Map<string, number>()
  for (const { reasons } of refusals) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}

/** Upstream's second sentence: why evicting others would not help. Nothing is evicted, so there are no victims. */
function whyNotPreempt(nodes: number, refusals: readonly Refusal[], { spec }: Pod): string {
  if (spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const forGood = refusals.filter(({ resolvable }) => !resolvable).length
  const counted: readonly (readonly [number, string])[] = [
    [nodes - forGood, 'No preemption victims found for incoming pod'],
    [forGood, 'Preemption is not helpful for scheduling'],
  ]
  const texts = counted.flatMap(([count, reason]) => (count > 0 ? [`${count} ${reason}`] : []))
  return `0/${nodes} nodes are available: ${texts.sort().join(', ')}.`
}
