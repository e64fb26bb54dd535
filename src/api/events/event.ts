import { Event as CoreEvent } from '../core/event.ts'
import { eventColumns } from '../core/event-columns.ts'
import { EventSource } from '../core/event-types.ts'
import { ObjectReference } from '../core/reference.ts'
import { validateStrictEvent, validateStrictEventCreate, validateStrictEventUpdate } from '../core/validate-event.ts'
import { type ApiObject, kind, type ObjectOf } from '../kind.ts'
import { int32, message, microTime, opt, req, string, type TypeOf, time } from '../schema.ts'

export const EventSeries = message('events/v1.EventSeries', 'How an event repeats itself.', {
  count: req(int32).at(1, 'How often it has happened so far.'),
  lastObservedTime: req(microTime).at(2, 'When it happened last.'),
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

const asCore = (event: ApiObject): CoreEvent => renamed(event, toCore, CoreEvent.apiVersion) as CoreEvent

export const Event = kind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  doc: 'Something that happened to an object. Events are kept for a while only.',
  fields: {
    eventTime: req(microTime).at(2, 'When it happened first.'),
    series: opt(EventSeries).at(3, 'How often and when last it happened, if more than once.'),
    reportingController: string.at(4, 'The kind of component that tells of it.'),
    reportingInstance: string.at(5, 'Which of these components tells of it.'),
    action: string.at(6, 'What was done, in one word.'),
    reason: string.at(7, 'Why it happened, in one word.'),
    regarding: ObjectReference.at(8, 'The object that it happened to.'),
    related: opt(ObjectReference).at(9, 'Another object that has to do with it.'),
    note: string.at(10, 'What happened, in words.'),
    type: string.at(11, 'Normal or Warning.'),
    deprecatedSource: EventSource.at(12, 'Who tells of it, in the form of older versions.'),
    deprecatedFirstTimestamp: time.at(13, 'When it happened first, in the form of older versions.'),
    deprecatedLastTimestamp: time.at(14, 'When it happened last, in the form of older versions.'),
    deprecatedCount: int32.at(15, 'How often it happened, in the form of older versions.'),
  },
  generation: false,
  columns: eventColumns.map((column) => ({
    ...column,
    value: (event, nowMs) => column.value(asCore(event), nowMs),
  })),
  validate: (event, errors) => validateStrictEvent(asCore(event), errors),
  validateCreate: (event, errors) => validateStrictEventCreate(asCore(event), errors),
  validateUpdate: (next, old, errors) => validateStrictEventUpdate(asCore(next), asCore(old), errors),
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
