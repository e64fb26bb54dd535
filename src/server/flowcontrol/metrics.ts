// What of priority and fairness stands in /metrics, under upstream's names.

import type { Family, Sample } from '../metric-families.ts'
import type { Flow, FlowControl } from './flow-control.ts'
import type { Level } from './levels.ts'

export function flowMetrics(control: FlowControl): readonly Family[] {
  const ofFlow = ({ name, level }: Flow) => ({ priority_level: level.name, flow_schema: name })
  const everyFlow = (samples: (flow: Flow) => readonly Sample[]) => (): Sample[] => [...control.flows].flatMap(samples)
  const perFlow = (value: (flow: Flow) => number) => everyFlow((flow) => [{ labels: ofFlow(flow), value: value(flow) }])
  const perLevel = (value: (level: Level) => number) => (): Sample[] =>
    Array.from(control.levels.all, (level) => ({ labels: { priority_level: level.name }, value: value(level) }))
  return [
    {
      name: 'apiserver_flowcontrol_rejected_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      values: everyFlow((flow) =>
        [...flow.stats.refusals].map(([reason, value]) => ({ labels: { ...ofFlow(flow), reason }, value })),
      ),
    },
    {
      name: 'apiserver_flowcontrol_dispatched_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      values: perFlow(({ stats }) => stats.dispatched),
    },
    {
      name: 'apiserver_flowcontrol_current_inqueue_requests',
      type: 'gauge',
      help: '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
      values: perFlow(({ stats }) => stats.waiting),
    },
    {
      name: 'apiserver_flowcontrol_current_executing_requests',
      type: 'gauge',
      help: '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
      values: perFlow(({ stats }) => stats.running),
    },
    {
      name: 'apiserver_flowcontrol_current_executing_seats',
      type: 'gauge',
      help: '[BETA] Concurrency (number of seats) occupied by the currently executing requests in the API Priority and Fairness subsystem',
      values: perFlow(({ stats }) => stats.seats),
    },
    {
      name: 'apiserver_flowcontrol_nominal_limit_seats',
      type: 'gauge',
      help: '[BETA] Nominal number of execution seats configured for each priority level',
      values: perLevel(({ config }) => config.seats.nominal),
    },
    {
      name: 'apiserver_flowcontrol_lower_limit_seats',
      type: 'gauge',
      help: '[ALPHA] Configured lower bound on number of execution seats available to each priority level',
      values: perLevel(({ guaranteed }) => guaranteed),
    },
    {
      name: 'apiserver_flowcontrol_upper_limit_seats',
      type: 'gauge',
      help: '[ALPHA] Configured upper bound on number of execution seats available to each priority level',
      values: perLevel(({ most }) => most),
    },
    {
      name: 'apiserver_flowcontrol_current_limit_seats',
      type: 'gauge',
      help: '[ALPHA] current derived number of execution seats available to each priority level',
      values: perLevel((level) => control.levels.limitOf(level)),
    },
    {
      name: 'apiserver_flowcontrol_request_wait_duration_seconds',
      type: 'histogram',
      help: '[BETA] Length of time a request spent waiting in its queue',
      values: everyFlow((flow) =>
        (['true', 'false'] as const)
          .filter((execute) => flow.stats.waits[execute].count > 0)
          .map((execute) => ({ labels: { ...ofFlow(flow), execute }, value: flow.stats.waits[execute] })),
      ),
    },
    {
      name: 'apiserver_flowcontrol_request_execution_seconds',
      type: 'histogram',
      help: '[ALPHA] Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
      values: everyFlow((flow) =>
        (['regular', 'watch'] as const)
          .filter((type) => flow.stats.runs[type].count > 0)
          .map((type) => ({ labels: { ...ofFlow(flow), type }, value: flow.stats.runs[type] })),
      ),
    },
    {
      name: 'apiserver_flowcontrol_work_estimated_seats',
      type: 'histogram',
      help: '[ALPHA] Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness',
      values: everyFlow((flow) =>
        flow.stats.widths.count > 0 ? [{ labels: ofFlow(flow), value: flow.stats.widths }] : [],
      ),
    },
  ]
}
