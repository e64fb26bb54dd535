// /stats/summary: a window as upstream's Summary, with the parts that are known here. Pure.

import { formatTime } from '#lib/clock.ts'
import type { ContainerStats } from '../runtime/runtime.ts'
import type { NodeUsage } from './node-usage.ts'
import { podTotal } from './resource-metrics.ts'
import type { ContainerUsage, PodUsage, Sample, Window } from './stats.ts'

export interface FsUsage {
  readonly availableBytes: number
  readonly capacityBytes: number
  readonly inodesFree: number
  readonly inodes: number
}

export interface SummaryOptions {
  readonly nodeName: string
  /** Of the node. */
  readonly startedAtMs: number
  /** Of the file system that pods' data is on; undefined: not known. */
  readonly fs?: FsUsage | undefined
  /** Only what scaling needs. */
  readonly onlyCpuAndMemory: boolean
}

interface Counter {
  readonly timeMs: number
  readonly cpuUsageCoreNanos: number
}

/** Undefined: there is no earlier sample, or it is of something else. */
export function nanoCores(last: Counter, before: Counter | undefined): number | undefined {
  if (!before || last.timeMs <= before.timeMs || last.cpuUsageCoreNanos < before.cpuUsageCoreNanos) return undefined
  return Math.round(((last.cpuUsageCoreNanos - before.cpuUsageCoreNanos) * 1000) / (last.timeMs - before.timeMs))
}

function cpuOf(last: Counter, before: Counter | undefined): object {
  const usageNanoCores = nanoCores(last, before)
  return {
    time: formatTime(last.timeMs),
    ...(usageNanoCores === undefined ? {} : { usageNanoCores }),
    usageCoreNanoSeconds: last.cpuUsageCoreNanos,
  }
}

const nodeMemory = (node: NodeUsage): object => ({
  time: formatTime(node.timeMs),
  availableBytes: node.memoryAvailableBytes,
  usageBytes: node.memoryUsageBytes,
  workingSetBytes: node.memoryWorkingSetBytes,
})

const containerMemory = (stats: ContainerStats): object => ({
  time: formatTime(stats.timeMs),
  ...(stats.memoryUsageBytes === undefined ? {} : { usageBytes: stats.memoryUsageBytes }),
  workingSetBytes: stats.memoryWorkingSetBytes,
  ...(stats.memoryRssBytes === undefined ? {} : { rssBytes: stats.memoryRssBytes }),
  ...(stats.pageFaults === undefined ? {} : { pageFaults: stats.pageFaults }),
  ...(stats.majorPageFaults === undefined ? {} : { majorPageFaults: stats.majorPageFaults }),
})

const rootfsOf = ({ timeMs, writableBytes, writableInodes }: ContainerStats): object | undefined =>
  writableBytes === undefined
    ? undefined
    : { time: formatTime(timeMs), usedBytes: writableBytes, inodesUsed: writableInodes ?? 0 }

const statsById = ({ pods }: Sample): ReadonlyMap<string, ContainerStats> =>
  new Map(pods.flatMap(({ containers }) => containers.map(({ stats }) => [stats.containerId, stats] as const)))

function podOf({ pod, containers }: PodUsage, earlier: ReadonlyMap<string, ContainerStats>, brief: boolean): object {
  const { name, namespace, uid } = pod.metadata
  const containerOf = ({ name: container, startedAtMs, stats }: ContainerUsage): object => {
    const rootfs = brief ? undefined : rootfsOf(stats)
    return {
      name: container,
      startTime: formatTime(startedAtMs),
      cpu: cpuOf(stats, earlier.get(stats.containerId)),
      memory: containerMemory(stats),
      ...(rootfs ? { rootfs } : {}),
    }
  }
  const total = podTotal(containers)
  const known = containers.flatMap(({ stats }) => earlier.get(stats.containerId) ?? [])
  // The sums can only be compared when they are of the same containers.
  const before =
    known.length === containers.length
      ? podTotal(containers.map((each, i) => ({ ...each, stats: known[i]! })))
      : undefined
  const memory = total && { time: formatTime(total.timeMs), workingSetBytes: total.memoryWorkingSetBytes }
  return {
    podRef: { name, namespace, uid },
    ...(pod.status?.startTime ? { startTime: pod.status.startTime } : {}),
    containers: containers.map(containerOf),
    ...(total ? { cpu: cpuOf(total, before), memory } : {}),
  }
}

export function summary({ last, before }: Window, options: SummaryOptions): object {
  const { nodeName, startedAtMs, fs, onlyCpuAndMemory } = options
  const earlier = statsById(before)
  const { node } = last
  const nodeFs = node &&
    fs &&
    !onlyCpuAndMemory && {
      time: formatTime(node.timeMs),
      ...fs,
      usedBytes: fs.capacityBytes - fs.availableBytes,
      inodesUsed: fs.inodes - fs.inodesFree,
    }
  return {
    node: {
      nodeName,
      startTime: formatTime(startedAtMs),
      ...(node ? { cpu: cpuOf(node, before.node), memory: nodeMemory(node) } : {}),
      ...(nodeFs ? { fs: nodeFs } : {}),
    },
    pods: last.pods
      .filter(({ containers }) => containers.length > 0)
      .map((pod) => podOf(pod, earlier, onlyCpuAndMemory)),
  }
}
