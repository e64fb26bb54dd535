// Events of events.k8s.io/v1 take every verb; what changes of them is their series, and nothing else.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkOperations, updateLatest } from '../fixtures/api-operations.ts'
import { newEvent } from '../fixtures/events.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-instrumentation',
    name: 'Events API should ensure that an event can be fetched, patched, deleted, and listed',
    since: '1.19',
  },
  async (t) => {
    const series = (count: number) => ({ count, lastObservedTime: '2030-01-01T00:00:00.000000Z' })
    await checkOperations(t, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      plural: 'events',
      make: () => newEvent(t),
      patch: { series: series(2) },
    })
    const path = t.path('events.k8s.io/v1', 'events')
    await t.post(path, { metadata: { name: 'series' }, ...newEvent(t), series: series(2) })
    const updated = await updateLatest(t, `${path}/series`, (event) => {
      event.series = series(100)
    })
    assert.deepEqual(updated.series, series(100))
    await refused(t.patch(`${path}/series`, 'merge', { note: 'Another' }), { code: 422, reason: 'Invalid' })
    const core = await t.get(t.path('v1', 'events', 'series'))
    assert.equal(core.message, updated.note)
  },
)
