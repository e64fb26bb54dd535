// Who ends well and leaves no message has none, whatever the log says.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { endOf } from '../fixtures/last-words.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test on terminated container should report termination message as empty when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const { exitCode, message } = await endOf(t, 'echo DONE', { terminationMessagePolicy: 'FallbackToLogsOnError' })
    assert.deepEqual([exitCode, message ?? ''], [0, ''])
  },
)
