// /debug/api_priority_and_fairness/...: what waits and runs at the moment, in upstream's tables.

import { pageNotFound, plain } from '../answer.ts'
import type { Call } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { seatsOf } from './fair-queues.ts'
import type { FlowControl, Place } from './flow-control.ts'

type Row = readonly (string | number | boolean)[]

/** Columns end in a comma, and are as wide as their widest cell. */
function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => row.map((cell, i) => (i < row.length - 1 ? `${cell},` : String(cell))))
  const widths: number[] = []
  for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length, 7)
  return cells
    .map((row) => row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]! + 1) : cell)).join(''))
    .map((line) => `${line}\n`)
    .join('')
}

const byName = (control: FlowControl) => [...control.levels.all].sort((a, b) => (a.name < b.name ? -1 : 1))

const seatSeconds = (ms: number): string => `${(ms / 1000).toFixed(8)}ss`

const dumpLevels = (control: FlowControl): string =>
  table([
    [
      ...['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests'],
      ...['DispatchedRequests', 'RejectedRequests', 'TimedoutRequests', 'CancelledRequests'],
    ],
    ...byName(control).map(({ name, fair, isIdle, isLeaving, running, dispatched, refused }) => [
      ...[name, fair.lined, isIdle, isLeaving, fair.waiting, running, dispatched],
      ...[refused['queue-full'] + refused['concurrency-limit'], refused['time-out'], refused.cancelled],
    ]),
  ])

const dumpQueues = (control: FlowControl): string =>
  table([
    [
      ...['PriorityLevelName', 'Index', 'PendingRequests', 'ExecutingRequests', 'SeatsInUse'],
      ...['NextDispatchR', 'InitialSeatsSum', 'MaxSeatsSum', 'TotalWorkSum'],
    ],
    ...byName(control).flatMap((level): Row[] => {
      const { name, config, fair } = level
      if (!config.queuing) return [[name, ...Array<string>(8).fill('<none>')]]
      return [...fair.queues]
        .sort((a, b) => a.index - b.index)
        .map(({ index, waiting, running, seatsInUse, nextStart }) => {
          const tickets = [...waiting]
          const initial = tickets.reduce((sum, { width }) => sum + width.seats, 0)
          const most = tickets.reduce((sum, ticket) => sum + seatsOf(ticket), 0)
          const work = tickets.reduce((sum, { width }) => sum + width.finalSeats * width.finalMs, 0)
          return [
            ...[name, index, waiting.size, running, seatsInUse],
            ...[seatSeconds(nextStart), initial, most, seatSeconds(work)],
          ]
        })
    }),
  ])

const dumpRequests = (control: FlowControl, nowMs: number, hasDetails: boolean, monotonicMs: number): string =>
  table([
    [
      ...['PriorityLevelName', 'FlowSchemaName', 'QueueIndex', 'RequestIndexInQueue', 'FlowDistingsher'],
      ...['ArriveTime', 'InitialSeats', 'FinalSeats', 'AdditionalLatency'],
      ...(hasDetails
        ? ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource']
        : []),
    ],
    ...byName(control).flatMap(({ name, fair }): Row[] =>
      [...fair.queues].flatMap(({ index, waiting }) =>
        ([...waiting] as Place[]).map((place, at) => {
          const { flow, distinguisher, width, user, info, arrivedMs } = place
          const arrived = new Date(nowMs - (monotonicMs - arrivedMs)).toISOString()
          return [
            ...[name, flow.name, index, at, distinguisher],
            ...[arrived, width.seats, width.finalSeats, `${width.finalMs}ms`],
            ...(hasDetails
              ? [
                  ...[user.name, info.verb, info.path, info.namespace, info.name],
                  ...[info.group === '' ? info.version : `${info.group}/${info.version}`],
                  ...[info.resource, info.subresource],
                ]
              : []),
          ]
        }),
      ),
    ),
  ])

export function debugFairness({ core, info, request }: Call): ApiResponse {
  const { fairness, clock } = core
  const [, area, what, ...more] = info.segments
  if (!fairness || area !== 'api_priority_and_fairness' || more.length > 0) return pageNotFound()
  switch (what) {
    case 'dump_priority_levels':
      return plain(200, dumpLevels(fairness))
    case 'dump_queues':
      return plain(200, dumpQueues(fairness))
    case 'dump_requests': {
      const hasDetails = (request.query.get('includeRequestDetails') ?? '') !== ''
      return plain(200, dumpRequests(fairness, clock.now(), hasDetails, clock.monotonic()))
    }
    default:
      return pageNotFound()
  }
}
