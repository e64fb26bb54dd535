// Containers that come first run one after the other, and the others after them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { conditionOf, makeEnding } from '../fixtures/ending.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'InitContainer should invoke init containers on a RestartAlways pod', since: '1.12' },
  async (t) => {
    await makeEnding(t, 'first', { restartPolicy: 'Always', init: { init1: 0, init2: 0 }, app: { run1: undefined } })
    const { status } = await podReady(t, 'first')
    assert.equal(conditionOf({ status }, 'Initialized').status, 'True')
    const [one, two] = status.initContainerStatuses
    for (const each of [one, two]) assert.deepEqual([each.ready, each.state.terminated.exitCode], [true, 0])
    assert.ok(Date.parse(one.state.terminated.finishedAt) <= Date.parse(two.state.terminated.startedAt))
    const app = status.containerStatuses[0]
    assert.ok(Date.parse(two.state.terminated.finishedAt) <= Date.parse(app.state.running.startedAt))
  },
)
