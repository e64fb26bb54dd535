// For tests only: pods, and what is observed of them, with only that written out which a case is about.

import type { Pod } from '#api/core/pod.ts'
import type { PodStatus } from '#api/core/pod-status.ts'
import { containerHash } from './labels.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import type { Sandbox } from './runtime/runtime.ts'

export const startMs = Date.UTC(2030, 0, 1)

interface PodParts {
  readonly metadata?: Partial<Pod['metadata']>
  readonly spec?: Partial<Pod['spec']>
  readonly status?: PodStatus
}

export const podOf = ({ metadata, spec, status }: PodParts = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'ns', uid: 'u', generation: 1, ...metadata },
  spec: {
    containers: [{ name: 'app', image: 'app:1', resources: {} }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    ...spec,
  } as Pod['spec'],
  status: status ?? {},
})

export const sandboxOf = (parts: Partial<Sandbox> = {}): Sandbox => ({
  id: 's0',
  name: 'a',
  namespace: 'ns',
  uid: 'u',
  attempt: 0,
  state: 'ready',
  createdAtMs: startMs,
  labels: {},
  annotations: {},
  ips: ['10.0.0.5'],
  ...parts,
})

export const containerOf = (parts: Partial<ObservedContainer> = {}): ObservedContainer => {
  const name = parts.name ?? 'app'
  const image = parts.image ?? 'app:1'
  return {
    id: `${name}-${parts.restartCount ?? 0}`,
    sandboxId: 's0',
    name,
    attempt: parts.restartCount ?? 0,
    state: 'running',
    createdAtMs: startMs,
    labels: {},
    annotations: {},
    startedAtMs: startMs,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    image,
    imageRef: `sha256:${image}`,
    logPath: '',
    restartCount: 0,
    hash: containerHash({ name, image }),
    ...parts,
  }
}

export const exitedOf = (exitCode: number, parts: Partial<ObservedContainer> = {}): ObservedContainer =>
  containerOf({
    state: 'exited',
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    finishedAtMs: startMs + 1000,
    ...parts,
  })

export const presentImage = {
  at: 'present',
  image: { id: 'sha256:1', tags: [], digests: [], sizeBytes: 1, pinned: false },
} as const

/** A pod that has everything but its containers. */
export const observedOf = (parts: Partial<Observed> = {}): Observed => ({
  sandboxes: [sandboxOf()],
  containers: [],
  directories: true,
  volumes: 'mounted',
  images: new Map(),
  failures: new Map(),
  backOff: new Map(),
  health: new Map((parts.containers ?? []).map((c) => [c.id, { started: true, ready: true }])),
  busy: new Set(),
  startTimeMs: startMs,
  gone: false,
  reported: false,
  ...parts,
})
