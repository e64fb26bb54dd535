// /metrics/resource: a sample as Prometheus' text, in upstream's names. Pure.

import type { ContainerUsage, PodUsage, Sample } from './stats.ts'

interface Series {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
  /** Milliseconds; left out where the value is not a measurement. */
  readonly timeMs?: number
}

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly series: readonly Series[]
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')

function seriesText(name: string, { labels = {}, value, timeMs }: Series): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
  const braces = pairs.length > 0 ? `{${pairs.join(',')}}` : ''
  return `${name}${braces} ${value}${timeMs === undefined ? '' : ` ${timeMs}`}\n`
}

/** Families without a series are left out, as upstream. */
export const expositionOf = (families: readonly Family[]): string =>
  families
    .filter(({ series }) => series.length > 0)
    .map(({ name, help, type, series }) => {
      const lines = series.map((each) => seriesText(name, each)).join('')
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`
    })
    .join('')

/** What the containers of a pod use together; undefined: it has none that runs. */
export function podTotal(
  containers: readonly ContainerUsage[],
): { timeMs: number; cpuUsageCoreNanos: number; memoryWorkingSetBytes: number } | undefined {
  if (containers.length === 0) return undefined
  const all = containers.map(({ stats }) => stats)
  return {
    timeMs: Math.max(...all.map(({ timeMs }) => timeMs)),
    cpuUsageCoreNanos: all.reduce((sum, { cpuUsageCoreNanos }) => sum + cpuUsageCoreNanos, 0),
    memoryWorkingSetBytes: all.reduce((sum, { memoryWorkingSetBytes }) => sum + memoryWorkingSetBytes, 0),
  }
}

const seconds = (nanos: number): number => nanos / 1e9

const podLabels = ({ metadata: { namespace = '', name = '' } }: PodUsage['pod']): Record<string, string> => ({
  namespace,
  pod: name,
})

export function resourceMetrics({ node, pods, failed }: Sample): string {
  const ofContainers = (series: (container: ContainerUsage) => Series): readonly Series[] =>
    pods.flatMap(({ pod, containers }) =>
      containers.map((container) => ({
        ...series(container),
        labels: { container: container.name, ...podLabels(pod) },
      })),
    )
  const ofPods = (value: (total: NonNullable<ReturnType<typeof podTotal>>) => number): readonly Series[] =>
    pods.flatMap(({ pod, containers }) => {
      const total = podTotal(containers)
      return total ? [{ labels: podLabels(pod), value: value(total), timeMs: total.timeMs }] : []
    })
  const error: readonly Series[] = [{ value: failed ? 1 : 0 }]
  return expositionOf([
    {
      name: 'container_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the container in core-seconds',
      type: 'counter',
      series: ofContainers(({ stats }) => ({ value: seconds(stats.cpuUsageCoreNanos), timeMs: stats.timeMs })),
    },
    {
      name: 'container_memory_working_set_bytes',
      help: '[STABLE] Current working set of the container in bytes',
      type: 'gauge',
      series: ofContainers(({ stats }) => ({ value: stats.memoryWorkingSetBytes, timeMs: stats.timeMs })),
    },
    {
      name: 'container_start_time_seconds',
      help: '[STABLE] Start time of the container since unix epoch in seconds',
      type: 'gauge',
      series: ofContainers(({ startedAtMs }) => ({ value: startedAtMs / 1000 })),
    },
    {
      name: 'node_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the node in core-seconds',
      type: 'counter',
      series: node ? [{ value: seconds(node.cpuUsageCoreNanos), timeMs: node.timeMs }] : [],
    },
    {
      name: 'node_memory_working_set_bytes',
      help: '[STABLE] Current working set of the node in bytes',
      type: 'gauge',
      series: node ? [{ value: node.memoryWorkingSetBytes, timeMs: node.timeMs }] : [],
    },
    {
      name: 'pod_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the pod in core-seconds',
      type: 'counter',
      series: ofPods(({ cpuUsageCoreNanos }) => seconds(cpuUsageCoreNanos)),
    },
    {
      name: 'pod_memory_working_set_bytes',
      help: '[STABLE] Current working set of the pod in bytes',
      type: 'gauge',
      series: ofPods(({ memoryWorkingSetBytes }) => memoryWorkingSetBytes),
    },
    {
      name: 'resource_scrape_error',
      help: '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise',
      type: 'gauge',
      series: error,
    },
    {
      name: 'scrape_error',
      help: '[ALPHA] 1 if there was an error while getting container metrics, 0 otherwise',
      type: 'gauge',
      series: error,
    },
  ])
}
