// A pod that runs once ends well after all of its containers, those that come first and the others, have.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { conditionOf, makeEnding } from '../fixtures/ending.ts'
import { podEnded } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'InitContainer should invoke init containers on a RestartNever pod', since: '1.12' },
  async (t) => {
    await makeEnding(t, 'once', { restartPolicy: 'Never', init: { init1: 0, init2: 0 }, app: { run1: 0 } })
    const { status } = await podEnded(t, 'once')
    assert.equal(status.phase, 'Succeeded')
    assert.equal(conditionOf({ status }, 'Initialized').status, 'True')
    assert.equal(conditionOf({ status }, 'Initialized').reason, 'PodCompleted')
    assert.equal(status.initContainerStatuses.length, 2)
    for (const each of status.initContainerStatuses)
      assert.deepEqual([each.ready, each.state.terminated.exitCode], [true, 0])
  },
)
