// Events of events.k8s.io/v1 are deleted together.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { newEvent } from '../fixtures/events.ts'

export const test = behaviour(
  { group: 'sig-instrumentation', name: 'Events API should delete a collection of events', since: '1.19' },
  (t) => checkDeleteCollection(t, { apiVersion: 'events.k8s.io/v1', plural: 'events', make: () => newEvent(t) }),
)
