// What of priority and fairness stands in /metrics, under upstream's names.

import type { Flow, FlowControl } from './flow-control.ts'
import type { Histogram } from './flow-stats.ts'
import type { Level } from './levels.ts'

const prefix = 'apiserver_flowcontrol'

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | Histogram
}

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: Iterable<Sample>
}

const quote = (text: string): string => text.replace(/[\\"]/g, '\\$&')

const labelled = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${quote(value)}"`)
    .join(',')

function* lines({ name, type, help, samples }: Metric): Iterable<string> {
  yield `# HELP ${prefix}_${name} ${help}`
  yield `# TYPE ${prefix}_${name} ${type}`
  for (const { labels, value } of samples) {
    const text = labelled(labels)
    if (typeof value === 'number') {
      yield `${prefix}_${name}{${text}} ${value}`
      continue
    }
    let below = 0
    for (const [i, limit] of value.limits.entries()) {
      below += value.counts[i]!
      yield `${prefix}_${name}_bucket{${text},le="${limit}"} ${below}`
    }
    yield `${prefix}_${name}_bucket{${text},le="+Inf"} ${value.count}`
    yield `${prefix}_${name}_sum{${text}} ${value.sum}`
    yield `${prefix}_${name}_count{${text}} ${value.count}`
  }
}

export function flowMetrics(control: FlowControl): string {
  const flows = [...control.flows]
  const levels = [...control.levels.all]
  const ofFlow = ({ name, level }: Flow) => ({ priority_level: level.name, flow_schema: name })
  const perFlow = (value: (flow: Flow) => number): Sample[] =>
    flows.map((flow) => ({ labels: ofFlow(flow), value: value(flow) }))
  const perLevel = (value: (level: Level) => number): Sample[] =>
    levels.map((level) => ({ labels: { priority_level: level.name }, value: value(level) }))
  const metrics: readonly Metric[] = [
    {
      name: 'rejected_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      samples: flows.flatMap((flow) =>
        [...flow.stats.refusals].map(([reason, value]) => ({ labels: { ...ofFlow(flow), reason }, value })),
      ),
    },
    {
      name: 'dispatched_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      samples: perFlow(({ stats }) => stats.dispatched),
    },
    {
      name: 'current_inqueue_requests',
      type: 'gauge',
      help: '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
      samples: perFlow(({ stats }) => stats.waiting),
    },
    {
      name: 'current_executing_requests',
      type: 'gauge',
      help: '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
      samples: perFlow(({ stats }) => stats.running),
    },
    {
      name: 'current_executing_seats',
      type: 'gauge',
      help: '[BETA] Concurrency (number of seats) occupied by the currently executing requests in the API Priority and Fairness subsystem',
      samples: perFlow(({ stats }) => stats.seats),
    },
    {
      name: 'nominal_limit_seats',
      type: 'gauge',
      help: '[BETA] Nominal number of execution seats configured for each priority level',
      samples: perLevel(({ config }) => config.seats.nominal),
    },
    {
      name: 'lower_limit_seats',
      type: 'gauge',
      help: '[ALPHA] Configured lower bound on number of execution seats available to each priority level',
      samples: perLevel(({ guaranteed }) => guaranteed),
    },
    {
      name: 'upper_limit_seats',
      type: 'gauge',
      help: '[ALPHA] Configured upper bound on number of execution seats available to each priority level',
      samples: perLevel(({ most }) => most),
    },
    {
      name: 'current_limit_seats',
      type: 'gauge',
      help: '[ALPHA] current derived number of execution seats available to each priority level',
      samples: perLevel((level) => control.levels.limitOf(level)),
    },
    {
      name: 'request_wait_duration_seconds',
      type: 'histogram',
      help: '[BETA] Length of time a request spent waiting in its queue',
      samples: flows.flatMap((flow) =>
        (['true', 'false'] as const)
          .filter((execute) => flow.stats.waits[execute].count > 0)
          .map((execute) => ({ labels: { ...ofFlow(flow), execute }, value: flow.stats.waits[execute] })),
      ),
    },
    {
      name: 'request_execution_seconds',
      type: 'histogram',
      help: '[ALPHA] Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
      samples: flows.flatMap((flow) =>
        (['regular', 'watch'] as const)
          .filter((type) => flow.stats.runs[type].count > 0)
          .map((type) => ({ labels: { ...ofFlow(flow), type }, value: flow.stats.runs[type] })),
      ),
    },
    {
      name: 'work_estimated_seats',
      type: 'histogram',
      help: '[ALPHA] Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness',
      samples: flows
        .filter(({ stats }) => stats.widths.count > 0)
        .map((flow) => ({ labels: ofFlow(flow), value: flow.stats.widths })),
    },
  ]
  return `${metrics.flatMap((metric) => [...lines(metric)]).join('\n')}\n`
}
