// What the table of events shows, of both faces of an event.

import { since } from '../columns.ts'
import type { Column } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { EventSeries, EventSource } from './event-types.ts'
import type { ObjectReference } from './reference.ts'

/** The fields of a `v1` event that are shown. */
export interface EventParts {
  readonly metadata: ObjectMeta
  readonly involvedObject: ObjectReference
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly source: EventSource
  readonly firstTimestamp?: string | undefined
  readonly lastTimestamp?: string | undefined
  readonly eventTime?: string | undefined
  readonly count?: number | undefined
  readonly type?: string | undefined
  readonly series?: EventSeries | undefined
  readonly reportingComponent: string
  readonly reportingInstance: string
}

const firstSeen = ({ firstTimestamp, eventTime }: EventParts): string | undefined => firstTimestamp || eventTime

const lastSeen = (event: EventParts): string | undefined =>
  event.series ? event.series.lastObservedTime : event.lastTimestamp || firstSeen(event)

function target({ involvedObject: { kind = '', name } }: EventParts): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()
}

function sourceOf({ source, reportingComponent, reportingInstance }: EventParts): string {
  const place = source.host || reportingInstance
  const who = source.component || reportingComponent || ''
  return place ? `${who}, ${place}` : who
}

export const eventColumns: readonly Column<EventParts>[] = [
  {
    name: 'Last Seen',
    description: 'When it happened last.',
    value: (event, nowMs) => since(lastSeen(event), nowMs),
  },
  { name: 'Type', description: 'Normal, or Warning.', value: ({ type = '' }) => type },
  { name: 'Reason', description: 'What happened, in one word.', value: ({ reason = '' }) => reason },
  { name: 'Object', description: 'What it happened to.', value: target },
  {
    name: 'Subobject',
    priority: 1,
    description: 'The part of the object that it happened to.',
    value: ({ involvedObject }) => involvedObject.fieldPath ?? '',
  },
  { name: 'Source', priority: 1, description: 'Who tells of it.', value: sourceOf },
  { name: 'Message', description: 'What happened, in words.', value: ({ message = '' }) => message.trim() },
  {
    name: 'First Seen',
    priority: 1,
    description: 'When it happened first.',
    value: (event, nowMs) => since(firstSeen(event), nowMs),
  },
  {
    name: 'Count',
    type: 'integer',
    priority: 1,
    description: 'How often it happened.',
    value: ({ series, count }) => (series ? (series.count ?? 0) : count || 1),
  },
  {
    name: 'Name',
    priority: 1,
    format: 'name',
    description: 'The name of the event.',
    value: ({ metadata }) => metadata.name ?? '',
  },
]
