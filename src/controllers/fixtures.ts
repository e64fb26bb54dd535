// For tests only: objects as the server would answer them, with what a test does not care about filled in.

import type { Deployment } from '#api/apps/deployment.ts'
import type { ReplicaSet } from '#api/apps/replica-set.ts'
import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import type { PodTemplateSpec } from '#api/core/pod-template-types.ts'
import { formatTime } from '#lib/clock.ts'

export const startMs = Date.UTC(2030, 0, 1)
export const at = (seconds: number): string => formatTime(startMs + seconds * 1000)

export const template = (image: string, labels: Record<string, string> = { app: 'web' }): PodTemplateSpec =>
  ({ metadata: { labels }, spec: { containers: [{ name: 'main', image }] } }) as unknown as PodTemplateSpec

export interface PodOptions {
  readonly node?: string
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** Seconds after the start since which it is ready. */
  readonly ready?: number | undefined
  readonly created?: number
  readonly restarts?: number
  readonly deleted?: number
  readonly owner?: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly ip?: string
  readonly namespace?: string
  readonly spec?: object
}

export function pod(name: string, options: PodOptions = {}): Pod {
  const { node = 'n1', phase = 'Running', ready, created = 0, restarts = 0, deleted, owner, annotations, ip } = options
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: options.namespace ?? 'a',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: at(created),
      labels: options.labels ?? { app: 'web' },
      ...(annotations ? { annotations } : {}),
      ...(deleted === undefined ? {} : { deletionTimestamp: at(deleted), deletionGracePeriodSeconds: 30 }),
      ...(owner
        ? {
            ownerReferences: [
              { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: `uid-${owner}`, controller: true },
            ],
          }
        : {}),
    },
    spec: { containers: [], nodeName: node, ...options.spec },
    status: {
      phase,
      ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
      ...(ready === undefined
        ? {}
        : { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(ready) }] }),
      ...(restarts > 0 ? { containerStatuses: [{ name: 'main', restartCount: restarts }] } : {}),
    },
  } as unknown as Pod
}

export interface SetOptions {
  readonly image?: string
  readonly available?: number
  readonly replicas?: number
  readonly revision?: number
  readonly created?: number
  readonly annotations?: Record<string, string>
  readonly status?: object
}

/** A ReplicaSet that is as its status says; all its pods are ready unless `available` says otherwise. */
export function replicaSet(name: string, replicas: number, options: SetOptions = {}): ReplicaSet {
  const { image = name, revision, created = 0, annotations, available = replicas } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'a',
      uid: `uid-${name}`,
      generation: 1,
      creationTimestamp: at(created),
      labels: { app: 'web' },
      annotations: {
        ...(revision === undefined ? {} : { 'deployment.kubernetes.io/revision': String(revision) }),
        ...annotations,
      },
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: template(image, { app: 'web', 'pod-template-hash': name }),
    },
    status: {
      replicas: options.replicas ?? replicas,
      readyReplicas: available,
      availableReplicas: available,
      terminatingReplicas: 0,
      observedGeneration: 1,
      ...options.status,
    },
  } as unknown as ReplicaSet
}

export function deployment(
  replicas: number,
  spec: object = {},
  rest: { status?: object; metadata?: object } = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'a', uid: 'uid-web', generation: 1, ...rest.metadata },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: template('v2'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
    },
    status: { ...rest.status },
  } as unknown as Deployment
}

export function node(name: string, rest: { spec?: object; status?: object; metadata?: object } = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1', ...rest.metadata },
    spec: { ...rest.spec },
    status: { ...rest.status },
  } as unknown as Node
}
