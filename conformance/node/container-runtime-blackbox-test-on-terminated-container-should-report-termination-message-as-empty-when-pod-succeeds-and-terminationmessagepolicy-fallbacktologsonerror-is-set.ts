// A container that has ended well has no word but its own: its log does not count.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { podEnded, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test on terminated container should report termination message as empty when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'echo DONE', { terminationMessagePolicy: 'FallbackToLogsOnError' })
    await t.post(t.path('v1', 'pods'), {
      metadata: { name: 'ends' },
      spec: { restartPolicy: 'Never', containers: [container] },
    })
    const { status } = await podEnded(t, 'ends')
    assert.equal(status.phase, 'Succeeded')
    assert.equal(status.containerStatuses[0].state.terminated.message ?? '', '')
  },
)
