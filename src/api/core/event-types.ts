// The messages that a event is made of; the kind itself, with its rules, is in event.ts.

import { int32, message, microTime, string, type TypeOf } from '../schema.ts'

export const EventSource = message('core/v1.EventSource', 'Who tells of an event.', {
  component: string.at(1, 'The component.'),
  host: string.at(2, 'The node that the component runs on.'),
})
export type EventSource = TypeOf<typeof EventSource>

export const EventSeries = message('core/v1.EventSeries', 'How an event repeats itself.', {
  count: int32.at(1, 'How often it has happened so far.'),
  lastObservedTime: microTime.at(2, 'When it happened last.'),
})
export type EventSeries = TypeOf<typeof EventSeries>
