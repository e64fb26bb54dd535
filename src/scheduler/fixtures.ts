// For tests and measurements only: nodes and pods as the server would answer them, with what does not matter here
// filled in.

import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Taint } from '#api/core/taint.ts'
import type { Plugin } from './framework.ts'
import { podInfo } from './pod-info.ts'
import { Snapshot } from './snapshot.ts'

export interface NodeOptions {
  readonly zone?: string
  readonly labels?: Record<string, string>
  readonly taints?: readonly Taint[]
  readonly unschedulable?: boolean
  readonly allocatable?: Record<string, string>
  readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[]
}

/** Four processors, 16 GiB, 110 pods, unless told otherwise. */
export function node(name: string, options: NodeOptions = {}): Node {
  const { zone, labels, taints, unschedulable, allocatable, images } = options
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      labels: {
        'kubernetes.io/hostname': name,
        ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
        ...labels,
      },
    },
    spec: { ...(taints ? { taints } : {}), ...(unschedulable ? { unschedulable } : {}) },
    status: {
      allocatable: { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi', ...allocatable },
      ...(images ? { images } : {}),
    },
  } as unknown as Node
}

export interface PodOptions {
  readonly namespace?: string
  readonly uid?: string
  readonly labels?: Record<string, string>
  readonly requests?: Record<string, string>
  readonly spec?: object
  readonly status?: object
  /** The uid of the ReplicaSet that controls it. */
  readonly owner?: string
  readonly deleted?: boolean
  readonly nodeName?: string
}

/** In namespace `a`, with one container that asks for nothing, unless told otherwise. */
export function pod(name: string, options: PodOptions = {}): Pod {
  const { namespace = 'a', uid = `uid-${name}`, labels, requests, spec, status, owner, deleted, nodeName } = options
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      ...(labels ? { labels } : {}),
      ...(owner
        ? {
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
          }
        : {}),
      ...(deleted ? { deletionTimestamp: '2030-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: [{ name: 'main', image: 'app:1', ...(requests ? { resources: { requests } } : {}) }],
      ...(nodeName ? { nodeName } : {}),
      ...spec,
    },
    status: { phase: 'Pending', ...status },
  } as unknown as Pod
}

/** These nodes, with these pods on the nodes that they name. */
export function snapshotOf(
  nodes: readonly Node[],
  pods: readonly Pod[] = [],
  namespaces: Readonly<Record<string, Record<string, string>>> = {},
): Snapshot {
  const snapshot = new Snapshot((name) => namespaces[name])
  for (const one of nodes) snapshot.setNode(one)
  for (const one of pods) snapshot.place(podInfo(one), one.spec.nodeName ?? '')
  return snapshot
}

/** What a plugin refuses, by node: its reasons, with `!` before them where no eviction would help. */
export function refusals(plugin: Plugin, one: Pod, snapshot: Snapshot): Record<string, string> {
  const info = podInfo(one)
  const { state, skip, refusal, only } = plugin.prepare?.(info, snapshot) ?? {}
  const found: Record<string, string> = {}
  for (const target of snapshot.nodes) {
    const refused = refusal ?? (skip ? undefined : plugin.filter?.(info, target, state as never))
    if (only && !only.has(target.name)) found[target.name] = 'not among the named'
    else if (refused) found[target.name] = `${refused.resolvable ? '' : '!'}${refused.reasons.join(', ')}`
  }
  return found
}

/** How a plugin likes each node, 0..100; undefined: all the same. */
export function scores({ score }: Plugin, one: Pod, snapshot: Snapshot): Record<string, number> | undefined {
  const info = podInfo(one)
  const state = score?.prepare ? score.prepare(info, snapshot, snapshot.nodes) : true
  if (!score || state === undefined) return undefined
  const values = Float64Array.from(snapshot.nodes, (target) => score.of(info, target, state as never))
  score.normalize?.(values, state as never)
  return Object.fromEntries(snapshot.nodes.map(({ name }, i) => [name, values[i]!]))
}
