// A container that comes first is tried again and again, and nothing else is until it ends well.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { conditionOf, makeEnding } from '../fixtures/ending.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'InitContainer should not start app containers if init containers fail on a RestartAlways pod',
    since: '1.12',
  },
  async (t) => {
    await makeEnding(t, 'again', { restartPolicy: 'Always', init: { init1: 1, init2: 0 }, app: { run1: undefined } })
    const { status } = await t.eventually('it was tried again', async () => {
      const pod = await t.get(t.path('v1', 'pods', 'again'))
      return pod.status.initContainerStatuses?.[0].restartCount >= 1 && pod
    })
    assert.equal(status.phase, 'Pending')
    assert.equal(conditionOf({ status }, 'Initialized').status, 'False')
    const [one, two] = status.initContainerStatuses
    assert.equal((one.lastState.terminated ?? one.state.terminated).exitCode, 1)
    assert.equal(two.state.waiting.reason, 'PodInitializing')
    assert.equal(status.containerStatuses[0].state.waiting.reason, 'PodInitializing')
  },
)
