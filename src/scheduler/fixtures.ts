// For tests and measurements only: nodes and pods as the server would answer them, with what does not matter here
// filled in.

import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Taint } from '#api/core/taint.ts'

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
