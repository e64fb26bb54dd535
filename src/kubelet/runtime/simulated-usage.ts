// What simulated containers, and the node that they stand on, say that they use: as declared, for as long as they run.

import { milliValue, quantityValue } from '#api/quantity.ts'
import type { NodeUsage } from '../stats/node-usage.ts'
import type { ContainerStats } from './runtime.ts'
import type { ContainerEntry } from './simulated-entries.ts'

/** Of a container of which nothing is said, and of the node beside its containers. */
const littleCpu = '10m'
const littleMemory = '8Mi'
const ownMilliCpu = 50
const ownMemoryBytes = 128 * 2 ** 20

type Measured = Pick<ContainerEntry, 'id' | 'state' | 'startedAtMs' | 'finishedAtMs' | 'behaviour'>

export function cpuNanosOf({ state, startedAtMs, finishedAtMs, behaviour }: Measured, nowMs: number): number {
  if (startedAtMs === 0) return 0
  const untilMs = state === 'exited' ? finishedAtMs : nowMs
  return (untilMs - startedAtMs) * milliValue(behaviour.cpu ?? littleCpu) * 1000
}

/** Of those that run. */
export const statsOf = (containers: readonly Measured[], nowMs: number): readonly ContainerStats[] =>
  containers
    .filter(({ state }) => state === 'running')
    .map((container) => ({
      containerId: container.id,
      timeMs: nowMs,
      cpuUsageCoreNanos: cpuNanosOf(container, nowMs),
      memoryWorkingSetBytes: quantityValue(container.behaviour.memory ?? littleMemory),
    }))

export interface SimulatedNode {
  readonly containers: readonly Measured[]
  readonly startedAtMs: number
  /** What containers have used that are no more: the node's counter never falls. */
  readonly removedCpuNanos: number
  readonly memoryBytes: number
}

export function nodeUsageOf(node: SimulatedNode, nowMs: number): NodeUsage {
  const { containers, startedAtMs, removedCpuNanos, memoryBytes } = node
  const cpuNanos = containers.reduce((sum, container) => sum + cpuNanosOf(container, nowMs), removedCpuNanos)
  const memory = statsOf(containers, nowMs).reduce((sum, stats) => sum + stats.memoryWorkingSetBytes, ownMemoryBytes)
  return {
    timeMs: nowMs,
    cpuUsageCoreNanos: cpuNanos + (nowMs - startedAtMs) * ownMilliCpu * 1000,
    memoryUsageBytes: memory,
    memoryWorkingSetBytes: memory,
    memoryAvailableBytes: Math.max(0, memoryBytes - memory),
  }
}
