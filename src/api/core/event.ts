import { kind, type ObjectOf } from '../kind.ts'
import { int32, message, microTime, opt, req, string, type TypeOf, time } from '../schema.ts'
import { eventColumns } from './event-columns.ts'
import { ObjectReference } from './reference.ts'

export const EventSource = message('core/v1.EventSource', 'DOC:core/v1.EventSource', {
  component: string.at(1, 'DOC:core/v1.EventSource.component'),
  host: string.at(2, 'DOC:core/v1.EventSource.host'),
})
export type EventSource = TypeOf<typeof EventSource>

export const EventSeries = message('core/v1.EventSeries', 'DOC:core/v1.EventSeries', {
  count: int32.at(1, 'DOC:core/v1.EventSeries.count'),
  lastObservedTime: microTime.at(2, 'DOC:core/v1.EventSeries.lastObservedTime'),
})
export type EventSeries = TypeOf<typeof EventSeries>

export const Event = kind({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  doc: 'DOC:core/v1.Event',
  fields: {
    involvedObject: ObjectReference.at(2, 'DOC:core/v1.Event.involvedObject'),
    reason: string.at(3, 'DOC:core/v1.Event.reason'),
    message: string.at(4, 'DOC:core/v1.Event.message'),
    source: EventSource.at(5, 'DOC:core/v1.Event.source'),
    firstTimestamp: time.at(6, 'DOC:core/v1.Event.firstTimestamp'),
    lastTimestamp: time.at(7, 'DOC:core/v1.Event.lastTimestamp'),
    count: int32.at(8, 'DOC:core/v1.Event.count'),
    type: string.at(9, 'DOC:core/v1.Event.type'),
    eventTime: microTime.at(10, 'DOC:core/v1.Event.eventTime'),
    series: opt(EventSeries).at(11, 'DOC:core/v1.Event.series'),
    action: string.at(12, 'DOC:core/v1.Event.action'),
    related: opt(ObjectReference).at(13, 'DOC:core/v1.Event.related'),
    reportingComponent: req(string).at(14, 'DOC:core/v1.Event.reportingComponent'),
    reportingInstance: req(string).at(15, 'DOC:core/v1.Event.reportingInstance'),
  },
  generation: false,
  columns: eventColumns,
  createOnUpdate: true,
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent,
    source: (event) => event.source.component || event.reportingComponent,
    type: (event) => event.type ?? '',
  },
})
export type Event = ObjectOf<typeof Event>
