import { EventSource } from '../core/event.ts'
import { ObjectReference } from '../core/reference.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { int32, message, microTime, opt, req, string, type TypeOf, time } from '../schema.ts'

export const EventSeries = message('events/v1.EventSeries', 'DOC:events/v1.EventSeries', {
  count: req(int32).at(1, 'DOC:events/v1.EventSeries.count'),
  lastObservedTime: req(microTime).at(2, 'DOC:events/v1.EventSeries.lastObservedTime'),
})
export type EventSeries = TypeOf<typeof EventSeries>

export const Event = kind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
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
})
export type Event = ObjectOf<typeof Event>
