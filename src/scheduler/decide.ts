// One decision: which node for this pod, or why none. Pure over the snapshot but for the place where the search
// starts, which moves on so that all nodes get their turn.

import type { Plugin, Preparation, Refusal } from './framework.ts'
import { refuseForGood } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Snapshot } from './snapshot.ts'
import { summarize } from './summarize.ts'

/** What one plugin said of one node. */
export interface NodeVerdict extends Refusal {
  readonly node: string
  readonly plugin: string
}

export interface Fit {
  readonly fits: true
  readonly node: string
  readonly examined: number
  readonly fitting: number
}

export interface Misfit {
  readonly fits: false
  /** Every plugin's refusal of every node, in the order in which they are asked. */
  readonly verdicts: readonly NodeVerdict[]
  readonly message: string
  /** Those that were the first to refuse a node; none in a cluster without nodes. */
  readonly plugins: ReadonlySet<string>
}

export type Decision = Fit | Misfit

/** As upstream: all of up to 100 nodes are looked at, of more a share that shrinks to 5 %. */
const leastFitting = 100
const leastPercent = 5

export function fittingWanted(nodes: number): number {
  if (nodes < leastFitting) return nodes
  const percent = Math.max(leastPercent, 50 - Math.floor(nodes / 125))
  return Math.max(leastFitting, Math.floor((nodes * percent) / 100))
}

/** Where the next search starts among the nodes. */
export interface Turn {
  start: number
}

interface Prepared {
  readonly plugin: Plugin
  readonly preparation: Preparation
}

interface Filter {
  readonly filter: NonNullable<Plugin['filter']>
  readonly state: never
}

export function decide(pod: PodInfo, snapshot: Snapshot, plugins: readonly Plugin[], turn: Turn): Decision {
  if (snapshot.size === 0) return misfit(pod, snapshot, [])
  const prepared: Prepared[] = []
  for (const plugin of plugins) {
    prepared.push({ plugin, preparation: plugin.prepare?.(pod, snapshot) ?? {} })
  }
  if (prepared.some(({ preparation }) => preparation.refusal)) return misfit(pod, snapshot, prepared)
  const filters: Filter[] = []
  for (const { plugin, preparation } of prepared) {
    if (plugin.filter && !preparation.skip) filters.push({ filter: plugin.filter, state: preparation.state as never })
  }
  const nominated = nominatedNode(pod, snapshot, filters)
  if (nominated) return { fits: true, node: nominated.name, examined: 1, fitting: 1 }
  const candidates = candidatesAmong(snapshot, prepared)
  const { fitting, examined } = search(pod, candidates, filters, turn)
  if (fitting.length === 0) return misfit(pod, snapshot, prepared)
  const best = fitting.length === 1 ? fitting[0]! : mostWanted(pod, snapshot, fitting, prepared)
  return { fits: true, node: best.name, examined, fitting: fitting.length }
}

/** The node that was set aside for the pod, if it still fits there: upstream looks no further then. */
function nominatedNode(pod: PodInfo, snapshot: Snapshot, filters: readonly Filter[]): NodeInfo | undefined {
  const { nominatedNodeName } = pod.pod.status
  const node = nominatedNodeName ? snapshot.node(nominatedNodeName) : undefined
  return node && passes(pod, node, filters) ? node : undefined
}

function candidatesAmong(snapshot: Snapshot, prepared: readonly Prepared[]): readonly NodeInfo[] {
  let names: ReadonlySet<string> | undefined
  for (const { preparation } of prepared) {
    if (preparation.only) names = names ? names.intersection(preparation.only) : preparation.only
  }
  if (!names) return snapshot.nodes
  return [...names].flatMap((name) => snapshot.node(name) ?? [])
}

function passes(pod: PodInfo, node: NodeInfo, filters: readonly Filter[]): boolean {
  for (const { filter, state } of filters) if (filter(pod, node, state)) return false
  return true
}

function search(
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  filters: readonly Filter[],
  turn: Turn,
): { readonly fitting: readonly NodeInfo[]; readonly examined: number } {
  const { length } = nodes
  const wanted = fittingWanted(length)
  const fitting: NodeInfo[] = []
  let examined = 0
  let at = length > 0 ? turn.start % length : 0
  while (examined < length && fitting.length < wanted) {
    const node = nodes[at]!
    if (passes(pod, node, filters)) fitting.push(node)
    examined++
    at = at + 1 === length ? 0 : at + 1
  }
  // Also where every node was looked at: of equals the first is taken, and that must not always be the same.
  turn.start = examined === length ? turn.start + 1 : at
  return { fitting, examined }
}

function mostWanted(
  pod: PodInfo,
  snapshot: Snapshot,
  fitting: readonly NodeInfo[],
  prepared: readonly Prepared[],
): NodeInfo {
  const { length } = fitting
  const totals = new Float64Array(length)
  const scores = new Float64Array(length)
  for (const { plugin } of prepared) {
    const { score } = plugin
    if (!score) continue
    const state = score.prepare ? score.prepare(pod, snapshot, fitting) : true
    if (state === undefined) continue
    for (let i = 0; i < length; i++) scores[i] = score.of(pod, fitting[i]!, state as never)
    score.normalize?.(scores, state as never)
    for (let i = 0; i < length; i++) totals[i]! += scores[i]! * score.weight
  }
  let best = 0
  for (let i = 1; i < length; i++) if (totals[i]! > totals[best]!) best = i
  return fitting[best]!
}

/** Nobody looks at reasons as long as some node fits; so they are gathered here, once it is known that none does. */
function misfit(pod: PodInfo, snapshot: Snapshot, prepared: readonly Prepared[]): Misfit {
  const verdicts: NodeVerdict[] = []
  const decisive: NodeVerdict[] = []
  const wholesale = prepared.find(({ preparation }) => preparation.refusal)
  for (const node of snapshot.nodes) {
    const said = prepared.flatMap((one) => verdictOf(pod, node, one) ?? [])
    verdicts.push(...said)
    // A node that is out of the question is not asked about further: upstream shows that, and else the first refusal.
    const outside = (wholesale ?? prepared.find(({ preparation: { only } }) => only && !only.has(node.name)))?.plugin
    decisive.push(...said.filter(({ plugin }) => !outside || plugin === outside.name).slice(0, 1))
  }
  return {
    fits: false,
    verdicts,
    message: summarize({
      nodes: snapshot.size,
      refusals: decisive,
      wholesale: wholesale?.preparation.refusal,
      pod: pod.pod,
    }),
    plugins: new Set(decisive.map(({ plugin }) => plugin)),
  }
}

function verdictOf(pod: PodInfo, node: NodeInfo, { plugin, preparation }: Prepared): NodeVerdict | undefined {
  const refusal = refusalOf(pod, node, plugin, preparation)
  return refusal && { node: node.name, plugin: plugin.name, reasons: refusal.reasons, resolvable: refusal.resolvable }
}

function refusalOf(pod: PodInfo, node: NodeInfo, plugin: Plugin, preparation: Preparation): Refusal | undefined {
  const { refusal, only, skip, state } = preparation
  if (refusal) return refusal
  if (only && !only.has(node.name)) return refuseForGood(`node(s) didn't satisfy plugin(s) [${plugin.name}]`)
  return skip ? undefined : plugin.filter?.(pod, node, state as never)
}
