// Another user than root leaves a message at a place of its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { endOf } from '../fixtures/last-words.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test on terminated container should report termination message if TerminationMessagePath is set as non-root user and at a non-default path',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const { exitCode, message } = await endOf(t, 'id -u > /dev/termination-custom-log', {
      terminationMessagePath: '/dev/termination-custom-log',
      securityContext: { runAsUser: 1000 },
    })
    assert.deepEqual([exitCode, message], [0, '1000\n'])
  },
)
