// What the simulated runtime keeps of each sandbox and container, and how it tells of them.

import type { Timer } from '#lib/clock.ts'
import type { Behaviour, LogLine } from './behaviour.ts'
import type { Container, ContainerConfig, ContainerState, ContainerStatus, Sandbox, SandboxConfig } from './runtime.ts'

export interface SandboxEntry {
  readonly id: string
  readonly config: SandboxConfig
  readonly createdAtMs: number
  readonly ip: string
  state: 'ready' | 'notready'
}

export interface ContainerEntry {
  readonly id: string
  readonly sandbox: SandboxEntry
  readonly config: ContainerConfig
  readonly behaviour: Behaviour
  readonly createdAtMs: number
  state: ContainerState
  startedAtMs: number
  finishedAtMs: number
  exitCode: number
  reason: string
  message: string
  readonly timers: Set<Timer>
  /** Who is attached. */
  readonly listeners: Set<(line: LogLine) => void>
  readonly ended: Promise<void>
  readonly markEnded: () => void
}

export const listedSandbox = ({ id, config, createdAtMs, state }: SandboxEntry): Sandbox => ({
  id,
  name: config.name,
  namespace: config.namespace,
  uid: config.uid,
  attempt: config.attempt,
  state,
  createdAtMs,
  labels: config.labels,
  annotations: config.annotations,
  ips: [],
})

export const listedContainer = ({ id, sandbox, config, state, createdAtMs }: ContainerEntry): Container => ({
  id,
  sandboxId: sandbox.id,
  name: config.name,
  attempt: config.attempt,
  state,
  createdAtMs,
  labels: config.labels,
  annotations: config.annotations,
})

export const statusOf = (container: ContainerEntry): ContainerStatus => {
  const { sandbox, config, startedAtMs, finishedAtMs, exitCode, reason, message } = container
  return {
    ...listedContainer(container),
    startedAtMs,
    finishedAtMs,
    exitCode,
    reason,
    message,
    image: config.imageName,
    imageRef: config.image,
    logPath: logPathOf({ sandbox, config }),
  }
}

export const logPathOf = ({ sandbox, config }: Pick<ContainerEntry, 'sandbox' | 'config'>): string =>
  `${sandbox.config.logDirectory}/${config.logPath}`
