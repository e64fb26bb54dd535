// A container that is not root writes its word to the file that it was given.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { podEnded, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test on terminated container should report termination message if TerminationMessagePath is set as non-root user and at a non-default path',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'printf DONE > /dev/own-log', {
      terminationMessagePath: '/dev/own-log',
      securityContext: { runAsUser: 1000 },
    })
    await t.post(t.path('v1', 'pods'), {
      metadata: { name: 'ends' },
      spec: { restartPolicy: 'Never', containers: [container] },
    })
    const { status } = await podEnded(t, 'ends')
    assert.equal(status.phase, 'Succeeded')
    assert.equal(status.containerStatuses[0].state.terminated.message ?? '', 'DONE')
  },
)
