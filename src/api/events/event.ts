import { Event as CoreEvent, EventSource } from '../core/event.ts'
import { eventColumns } from '../core/event-columns.ts'
import { ObjectReference } from '../core/reference.ts'
import { type ApiObject, kind, type ObjectOf } from '../kind.ts'
import { int32, message, microTime, opt, req, string, type TypeOf, time } from '../schema.ts'

export const EventSeries = message('events/v1.EventSeries', 'DOC:events/v1.EventSeries', {
  count: req(int32).at(1, 'DOC:events/v1.EventSeries.count'),
  lastObservedTime: req(microTime).at(2, 'DOC:events/v1.EventSeries.lastObservedTime'),
})
export type EventSeries = TypeOf<typeof EventSeries>

/** The fields that the two groups call differently; all others keep their names. */
const toCore: Readonly<Record<string, string>> = {
  reportingController: 'reportingComponent',
  regarding: 'involvedObject',
  note: 'message',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
}
const fromCore = Object.fromEntries(Object.entries(toCore).map(([here, there]) => [there, here]))

const renamed = (event: ApiObject, names: Readonly<Record<string, string>>, apiVersion: string): ApiObject => {
  const fields = Object.entries(event).map(([name, value]) => [names[name] ?? name, value])
  return { ...Object.fromEntries(fields), apiVersion }
}

export const Event = kind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  doc: 'DOC:events/v1.Event',
  fields: {
    eventTime: req(microTime).at(2, 'DOC:events/v1.Event.eventTime'),
    series: opt(EventSeries).at(3, 'DOC:events/v1.Event.series'),
    reportingController: string.at(4, 'DOC:events/v1.Event.reportingController'),
    reportingInstance: string.at(5, 'DOC:events/v1.Event.reportingInstance'),
    action: string.at(6, 'DOC:events/v1.Event.action'),
    reason: string.at(7, 'DOC:events/v1.Event.reason'),
    regarding: ObjectReference.at(8, 'DOC:events/v1.Event.regarding'),
    related: opt(ObjectReference).at(9, 'DOC:events/v1.Event.related'),
    note: string.at(10, 'DOC:events/v1.Event.note'),
    type: string.at(11, 'DOC:events/v1.Event.type'),
    deprecatedSource: EventSource.at(12, 'DOC:events/v1.Event.deprecatedSource'),
    deprecatedFirstTimestamp: time.at(13, 'DOC:events/v1.Event.deprecatedFirstTimestamp'),
    deprecatedLastTimestamp: time.at(14, 'DOC:events/v1.Event.deprecatedLastTimestamp'),
    deprecatedCount: int32.at(15, 'DOC:events/v1.Event.deprecatedCount'),
  },
  generation: false,
  columns: eventColumns.map((column) => ({
    ...column,
    value: (event, nowMs) => column.value(renamed(event, toCore, CoreEvent.apiVersion) as CoreEvent, nowMs),
  })),
  createOnUpdate: true,
  storedAs: {
    kind: CoreEvent,
    toStored: (event) => renamed(event, toCore, CoreEvent.apiVersion),
    fromStored: (event) => renamed(event, fromCore, 'events.k8s.io/v1') as never,
  },
  selectableFields: {
    'regarding.kind': (event) => event.regarding.kind ?? '',
    'regarding.namespace': (event) => event.regarding.namespace ?? '',
    'regarding.name': (event) => event.regarding.name ?? '',
    'regarding.uid': (event) => event.regarding.uid ?? '',
    'regarding.apiVersion': (event) => event.regarding.apiVersion ?? '',
    'regarding.resourceVersion': (event) => event.regarding.resourceVersion ?? '',
    'regarding.fieldPath': (event) => event.regarding.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingController: (event) => event.reportingController ?? '',
    type: (event) => event.type ?? '',
  },
})
export type Event = ObjectOf<typeof Event>
