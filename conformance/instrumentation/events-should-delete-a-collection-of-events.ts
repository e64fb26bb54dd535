// Events of the core group are deleted together.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { oldEvent } from '../fixtures/events.ts'

export const test = behaviour(
  { group: 'sig-instrumentation', name: 'Events should delete a collection of events', since: '1.20' },
  (t) => checkDeleteCollection(t, { apiVersion: 'v1', plural: 'events', make: () => oldEvent(t) }),
)
