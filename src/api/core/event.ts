import { kind, type ObjectOf } from '../kind.ts'
import { int32, microTime, opt, req, string, time } from '../schema.ts'
import { eventColumns } from './event-columns.ts'
import { EventSeries, EventSource } from './event-types.ts'
import { ObjectReference } from './reference.ts'
import { validateEvent } from './validate-event.ts'

export const Event = kind({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  doc: 'Something that happened to an object. Events are kept for a while only.',
  fields: {
    involvedObject: ObjectReference.at(2, 'The object that it happened to.'),
    reason: string.at(3, 'Why it happened, in one word.'),
    message: string.at(4, 'What happened, in words.'),
    source: EventSource.at(5, 'Who tells of it.'),
    firstTimestamp: time.at(6, 'When it happened first.'),
    lastTimestamp: time.at(7, 'When it happened last.'),
    count: int32.at(8, 'How often it happened.'),
    type: string.at(9, 'Normal or Warning.'),
    eventTime: microTime.at(10, 'When it happened first, exactly.'),
    series: opt(EventSeries).at(11, 'How often and when last it happened, if more than once.'),
    action: string.at(12, 'What was done, in one word.'),
    related: opt(ObjectReference).at(13, 'Another object that has to do with it.'),
    reportingComponent: req(string).at(14, 'The kind of component that tells of it.'),
    reportingInstance: req(string).at(15, 'Which of these components tells of it.'),
  },
  generation: false,
  columns: eventColumns,
  validate: (event, errors) => validateEvent(event, errors),
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
