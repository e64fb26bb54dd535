// The end of the log is the word of a container that has failed and written nothing.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { podEnded, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test on terminated container should report termination message from log output if TerminationMessagePolicy FallbackToLogsOnError is set',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'printf DONE; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' })
    await t.post(t.path('v1', 'pods'), {
      metadata: { name: 'ends' },
      spec: { restartPolicy: 'Never', containers: [container] },
    })
    const { status } = await podEnded(t, 'ends')
    assert.equal(status.phase, 'Failed')
    assert.equal(status.containerStatuses[0].state.terminated.message ?? '', 'DONE')
  },
)
