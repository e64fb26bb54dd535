// Who fails and leaves no message has the end of its log as one, if it wants that.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { endOf } from '../fixtures/last-words.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test on terminated container should report termination message from log output if TerminationMessagePolicy FallbackToLogsOnError is set',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const { exitCode, message } = await endOf(t, 'printf DONE; exit 1', {
      terminationMessagePolicy: 'FallbackToLogsOnError',
    })
    assert.deepEqual([exitCode, message], [1, 'DONE'])
  },
)
