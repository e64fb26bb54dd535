// What the agent's API tells of usage: /metrics, /metrics/resource and /stats/summary.

import { expositionOf, resourceMetrics } from '../stats/resource-metrics.ts'
import type { Stats } from '../stats/stats.ts'
import { type FsUsage, summary } from '../stats/summary.ts'

export interface NodeStats {
  /** As Prometheus' text. */
  metrics(): Promise<string>
  resourceMetrics(): Promise<string>
  summary(query: URLSearchParams, signal: AbortSignal): Promise<object>
}

export interface NodeStatsOptions {
  readonly stats: Stats
  readonly nodeName: string
  readonly startedAtMs: number
  readonly fs: () => FsUsage | undefined
  /** Of the agent's process. */
  readonly processMetrics: () => Promise<string>
}

export function nodeStats({ stats, nodeName, startedAtMs, fs, processMetrics }: NodeStatsOptions): NodeStats {
  return {
    metrics: async () => {
      const { pods } = await stats.sample()
      const running = pods.filter(({ containers }) => containers.length > 0)
      const containers = running.reduce((sum, pod) => sum + pod.containers.length, 0)
      const own = expositionOf([
        {
          name: 'kubelet_node_name',
          help: "[ALPHA] The node's name. The count is always 1.",
          type: 'gauge',
          series: [{ labels: { node: nodeName }, value: 1 }],
        },
        {
          name: 'kubelet_running_containers',
          help: '[ALPHA] Number of containers currently running',
          type: 'gauge',
          series: [{ labels: { container_state: 'running' }, value: containers }],
        },
        {
          name: 'kubelet_running_pods',
          help: '[ALPHA] Number of pods that have a running pod sandbox',
          type: 'gauge',
          series: [{ value: running.length }],
        },
      ])
      return own + (await processMetrics())
    },
    resourceMetrics: async () => resourceMetrics(await stats.sample()),
    summary: async (query, signal) => {
      const onlyCpuAndMemory = ['true', '1'].includes(query.get('only_cpu_and_memory') ?? '')
      const options = { nodeName, startedAtMs, fs: onlyCpuAndMemory ? undefined : fs(), onlyCpuAndMemory }
      return summary(await stats.window(signal), options)
    },
  }
}
