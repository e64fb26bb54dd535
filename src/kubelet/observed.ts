// What a pod worker knows about its pod on this node at one instant, as plain values: what `nextStep` decides
// from and what `podStatus` reports. Nothing here reads anything by itself.

import type { Container as ContainerSpec } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import { hashAnnotation, restartCountAnnotation } from './labels.ts'
import type { ContainerStatus, Image, Sandbox } from './runtime/runtime.ts'

export interface ObservedContainer extends ContainerStatus {
  readonly restartCount: number
  readonly hash: string
}

export const observedContainer = (status: ContainerStatus): ObservedContainer => ({
  ...status,
  restartCount: Number(status.annotations[restartCountAnnotation] ?? status.attempt),
  hash: status.annotations[hashAnnotation] ?? '',
})

/** A reason and a message as they stand in a waiting container's status. */
export interface Waiting {
  readonly reason: string
  readonly message: string
}

/** Something could not be done; it is tried again at `retryAtMs`, or when what it waits for changes. */
export interface Failure extends Waiting {
  readonly atMs: number
  readonly retryAtMs: number
}

export type ImageState =
  | { readonly at: 'present'; readonly image: Image }
  | { readonly at: 'failed'; readonly failure: Failure }

/** A container's restart back-off, as upstream's flowcontrol.Backoff keeps it. */
export interface BackOff {
  readonly delayMs: number
  readonly updatedMs: number
}

/** What the probes say of a running container. */
export interface Health {
  /** The startup probe has succeeded, or there is none. */
  readonly started: boolean
  readonly ready: boolean
  readonly failed?: 'liveness' | 'startup' | undefined
}

/** A verdict that ends the pod whatever its spec says: rejected, evicted, past its deadline. */
export interface Verdict {
  readonly reason: string
  readonly message: string
  readonly graceSeconds?: number | undefined
}

/** What fails for the pod as a whole is known under these names, which no container can have. */
export const podWide = { sandbox: ':sandbox', volumes: ':volumes', object: ':object' } as const

export interface Observed {
  /** Newest first. */
  readonly sandboxes: readonly Sandbox[]
  /** Newest first. Those still being started are left out. */
  readonly containers: readonly ObservedContainer[]
  readonly directories: boolean
  readonly volumes: 'absent' | 'mounted' | Failure
  readonly images: ReadonlyMap<string, ImageState>
  /** By container name, and as `podWide` says; other actions' by their key. */
  readonly failures: ReadonlyMap<string, Failure>
  readonly backOff: ReadonlyMap<string, BackOff>
  /** By container id. */
  readonly health: ReadonlyMap<string, Health>
  /** Keys of the actions under way, see `keyOf`. */
  readonly busy: ReadonlySet<string>
  readonly startTimeMs: number
  readonly verdict?: Verdict | undefined
  /** The object is no longer in the API. */
  readonly gone: boolean
  /** Its final status is known to the API server. */
  readonly reported: boolean
  /** When the containers were first told to stop. */
  readonly stoppingSinceMs?: number | undefined
}

/** Ephemeral containers are containers as others are, but for what may not be said of them. */
export const ephemeralSpecs = ({ spec }: Pod): readonly ContainerSpec[] => spec.ephemeralContainers ?? []

export const allSpecs = (pod: Pod): readonly ContainerSpec[] => [
  ...(pod.spec.initContainers ?? []),
  ...pod.spec.containers,
  ...ephemeralSpecs(pod),
]

export const isSidecar = (container: Pick<ContainerSpec, 'restartPolicy'>): boolean =>
  container.restartPolicy === 'Always'

/** The pod's newest sandbox, if containers can run in it. */
export function readySandbox(observed: Observed): Sandbox | undefined {
  const newest = observed.sandboxes[0]
  return newest?.state === 'ready' ? newest : undefined
}

export const latest = (observed: Observed, name: string): ObservedContainer | undefined =>
  observed.containers.find((c) => c.name === name)

export const latestIn = (observed: Observed, name: string, sandboxId: string): ObservedContainer | undefined =>
  observed.containers.find((c) => c.name === name && c.sandboxId === sandboxId)

export const isLive = (container: ObservedContainer): boolean => container.state === 'running'

/** How a container's end is answered: by its own policy where it has one, else by the pod's. */
export function shouldRestart(pod: Pod, container: ContainerSpec, exitCode: number): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const codes = rule.exitCodes
    if (!codes) continue
    const isIn = (codes.values ?? []).includes(exitCode)
    if (codes.operator === 'In' ? isIn : !isIn)
      return rule.action === 'Restart' || rule.action === 'RestartAllContainers'
  }
  const policy = container.restartPolicy ?? pod.spec.restartPolicy
  if (policy === 'Never') return false
  if (policy === 'OnFailure') return exitCode !== 0
  return true
}
