// A pod that runs once fails with the container that comes first and does.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { conditionOf, makeEnding } from '../fixtures/ending.ts'
import { podEnded } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'InitContainer should not start app containers and fail the pod if init containers fail on a RestartNever pod',
    since: '1.12',
  },
  async (t) => {
    await makeEnding(t, 'once', { restartPolicy: 'Never', init: { init1: 0, init2: 1 }, app: { run1: 0 } })
    const { status } = await podEnded(t, 'once')
    assert.equal(status.phase, 'Failed')
    const initialized = conditionOf({ status }, 'Initialized')
    assert.deepEqual([initialized.status, initialized.reason], ['False', 'ContainersNotInitialized'])
    assert.match(initialized.message, /init2/)
    const [one, two] = status.initContainerStatuses
    assert.deepEqual([one.state.terminated.exitCode, two.state.terminated.exitCode], [0, 1])
    assert.equal(status.containerStatuses[0].state.waiting.reason, 'PodInitializing')
  },
)
