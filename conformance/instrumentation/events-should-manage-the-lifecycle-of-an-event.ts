// Events of the core group take every verb, are listed across namespaces, and change as they are told.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { oldEvent } from '../fixtures/events.ts'

export const test = behaviour(
  { group: 'sig-instrumentation', name: 'Events should manage the lifecycle of an event', since: '1.25' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'v1',
      kind: 'Event',
      plural: 'events',
      make: () => oldEvent(t),
      patch: { message: 'This is a test event - patched', count: 2 },
    }),
)
