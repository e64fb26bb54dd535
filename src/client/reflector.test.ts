import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delayMs, next, type Outcome, type State } from './reflector.ts'

const watching = (failures: number, resourceVersion = '7'): State => ({ at: 'watching', resourceVersion, failures })
const listing = (failures: number): State => ({ at: 'listing', failures })
const after = (failures: number, then: State): State => ({ at: 'waiting', failures, then })

const cases: readonly { name: string; state: State; outcome: Outcome; want: State }[] = [
  {
    name: 'watches from the revision that was listed',
    state: listing(0),
    outcome: { is: 'listed', resourceVersion: '9' },
    want: watching(0, '9'),
  },
  {
    name: 'waits before it lists again after a failure',
    state: listing(2),
    outcome: { is: 'failed', resourceVersion: '', progressed: false },
    want: after(2, listing(3)),
  },
  {
    name: 'watches on at once when a watch ended after something had arrived',
    state: watching(3),
    outcome: { is: 'ended', resourceVersion: '8', progressed: true },
    want: watching(0, '8'),
  },
  {
    name: 'waits when a watch ended without anything',
    state: watching(1),
    outcome: { is: 'ended', resourceVersion: '7', progressed: false },
    want: after(1, watching(2)),
  },
  {
    name: 'never lists because a watch broke',
    state: watching(0),
    outcome: { is: 'failed', resourceVersion: '8', progressed: true },
    want: after(0, watching(1, '8')),
  },
  {
    name: 'lists at once when the revision has expired for the first time',
    state: watching(0),
    outcome: { is: 'expired', progressed: false },
    want: listing(1),
  },
  {
    name: 'waits before it lists when each new watch expires',
    state: watching(4),
    outcome: { is: 'expired', progressed: false },
    want: after(3, listing(5)),
  },
  { name: 'goes on after a wait', state: after(1, listing(2)), outcome: { is: 'waited' }, want: listing(2) },
  { name: 'stops', state: watching(0), outcome: { is: 'stopped' }, want: { at: 'stopped' } },
  { name: 'stays stopped', state: { at: 'stopped' }, outcome: { is: 'waited' }, want: { at: 'stopped' } },
]

for (const { name, state, outcome, want } of cases)
  test(`next() ${name}`, () => assert.deepEqual(next(state, outcome), want))

test('delayMs() doubles to 30 seconds, half of it by chance', () => {
  assert.deepEqual(
    [0, 1, 2, 5, 6, 500].map((failures) => delayMs(failures, 1)),
    [800, 1600, 3200, 25_600, 30_000, 30_000],
  )
  assert.equal(delayMs(0, 0), 400)
})
