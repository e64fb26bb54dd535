// One decision: which node for this pod, or why none. Pure over the snapshot but for the place where the search
// starts, which moves on so that all nodes get their turn.

import { maxScore, normalize, type Plugin, type Refusal } from './framework.ts'
import type { PodInfo } from './pod-info.ts'
import type { NodeInfo, Snapshot } from './snapshot.ts'

/** What one plugin said of one node. */
export interface NodeVerdict {
  readonly node: string
  readonly plugin: string
  readonly reasons: readonly string[]
  readonly resolvable: boolean
}

export type Decision =
  | { readonly fits: true; readonly node: string; readonly examined: number; readonly fitting: number }
  | {
      readonly fits: false
      readonly verdicts: readonly NodeVerdict[]
      readonly message: string
      readonly plugins: ReadonlySet<string>
    }

/** As upstream: all of up to 100 nodes are looked at, of more a share that shrinks to 5 %. */
const leastFitting = 100
const leastPercent = 5

export function fittingWanted(nodes: number): number {
  if (nodes < leastFitting) return nodes
  const percent = Math.max(leastPercent, 50 - Math.floor(nodes / 125))
  return Math.max(leastFitting, Math.floor((nodes * percent) / 100))
}

interface Prepared {
  readonly plugin: Plugin
  readonly filter: NonNullable<Plugin['filter']> | undefined
  readonly state: never
}

/** Where the next search starts among the nodes. */
export interface Turn {
  start: number
}

export function decide(pod: PodInfo, snapshot: Snapshot, plugins: readonly Plugin[], turn: Turn): Decision {
  const { nodes } = snapshot
  if (nodes.length === 0) return unfit([], 0)
  const prepared: Prepared[] = []
  for (const plugin of plugins) {
    const { state, skip, refusal } = plugin.prepare?.(pod, snapshot) ?? {}
    if (refusal)
      return unfit(
        nodes.map((node) => verdict(node, plugin, refusal)),
        nodes.length,
      )
    prepared.push({ plugin, filter: skip ? undefined : plugin.filter, state: state as never })
  }
  const filters = prepared.filter((p) => p.filter)
  const wanted = fittingWanted(nodes.length)
  const fitting: NodeInfo[] = []
  const verdicts: NodeVerdict[] = []
  let examined = 0
  for (; examined < nodes.length && fitting.length < wanted; examined++) {
    const node = nodes[(turn.start + examined) % nodes.length]!
    const refused = firstRefusal(pod, node, filters)
    if (refused) verdicts.push(refused)
    else fitting.push(node)
  }
  turn.start = (turn.start + examined) % nodes.length
  if (fitting.length === 0) return unfit(verdicts, nodes.length)
  const best = fitting.length === 1 ? fitting[0]! : mostWanted(pod, snapshot, fitting, prepared)
  return { fits: true, node: best.name, examined, fitting: fitting.length }
}

const verdict = (node: NodeInfo, plugin: Plugin, { reasons, resolvable }: Refusal): NodeVerdict => ({
  node: node.name,
  plugin: plugin.name,
  reasons,
  resolvable,
})

function firstRefusal(pod: PodInfo, node: NodeInfo, filters: readonly Prepared[]): NodeVerdict | undefined {
  for (const { plugin, filter, state } of filters) {
    const refusal = filter!(pod, node, state)
    if (refusal) return verdict(node, plugin, refusal)
  }
  return undefined
}

/** Every plugin's verdict on every node, not only the first: for those who ask why. */
export function allVerdicts(pod: PodInfo, snapshot: Snapshot, plugins: readonly Plugin[]): NodeVerdict[] {
  const verdicts: NodeVerdict[] = []
  for (const plugin of plugins) {
    const { state, skip, refusal } = plugin.prepare?.(pod, snapshot) ?? {}
    if (skip) continue
    for (const node of snapshot.nodes) {
      const refused = refusal ?? plugin.filter?.(pod, node, state as never)
      if (refused) verdicts.push(verdict(node, plugin, refused))
    }
  }
  return verdicts
}

function mostWanted(
  pod: PodInfo,
  snapshot: Snapshot,
  fitting: readonly NodeInfo[],
  prepared: readonly Prepared[],
): NodeInfo {
  const totals = new Float64Array(fitting.length)
  const scores = new Array<number>(fitting.length)
  for (const { plugin, state } of prepared) {
    const { score } = plugin
    if (!score) continue
    const own = score.prepare ? score.prepare(pod, snapshot, fitting, state) : state
    if (score.prepare && own === undefined) continue
    for (let i = 0; i < fitting.length; i++) scores[i] = score.of(pod, fitting[i]!, own as never)
    normalize(scores, score.normalize)
    for (let i = 0; i < fitting.length; i++) totals[i]! += Math.min(maxScore, scores[i]!) * score.weight
  }
  let best = 0
  // Of equals the one whose turn comes first is taken: the start moves on, so they share.
  for (let i = 1; i < totals.length; i++) if (totals[i]! > totals[best]!) best = i
  return fitting[best]!
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`, as upstream words and sorts it. */
export function summarize(verdicts: readonly NodeVerdict[], nodes: number): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const counts = new Map<string, number>()
  for (const { reasons } of verdicts) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  const why = texts.length === 0 ? '' : ` ${texts.join(', ')}.`
  return `0/${nodes} nodes are available:${why}${preemptionNote(verdicts, nodes)}`
}

/** Upstream's second sentence: why evicting others would not help. */
function preemptionNote(verdicts: readonly NodeVerdict[], nodes: number): string {
  const forGood = verdicts.filter((v) => !v.resolvable).length
  const parts = [
    ...(nodes - forGood > 0 ? [`${nodes - forGood} No preemption victims found for incoming pod`] : []),
    ...(forGood > 0 ? [`${forGood} Preemption is not helpful for scheduling`] : []),
  ].sort()
  return ` preemption: 0/${nodes} nodes are available: ${parts.join(', ')}.`
}

function unfit(verdicts: readonly NodeVerdict[], nodes: number): Decision {
  return { fits: false, verdicts, message: summarize(verdicts, nodes), plugins: new Set(verdicts.map((v) => v.plugin)) }
}
