// A container that has failed says so, and why.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeEnding } from '../fixtures/ending.ts'
import { podEnded } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Kubelet when scheduling a busybox command that always fails in a pod should have an terminated reason',
    since: '1.13',
  },
  async (t) => {
    await makeEnding(t, 'fails', { restartPolicy: 'Never', app: { app: 1 } })
    const { status } = await podEnded(t, 'fails')
    const { terminated } = status.containerStatuses[0].state
    assert.deepEqual([status.phase, terminated.reason, terminated.exitCode], ['Failed', 'Error', 1])
  },
)
