// A container that is never ready is let run.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makeProbed, often, restartsReach } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container with readiness probe that fails should never be ready and never restart',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const probe = { exec: { command: ['false'] }, ...often, initialDelaySeconds: 1 }
    await makeProbed(t, 'probed', {
      unready: { script: waiting, readinessProbe: probe },
      bad: { script: waiting, livenessProbe: probe },
    })
    await restartsReach(t, 'probed', 'bad', 1)
    const { status } = await t.get(t.path('v1', 'pods', 'probed'))
    const container = status.containerStatuses.find(({ name }: Json) => name === 'unready')
    assert.deepEqual([container.ready, container.restartCount], [false, 0])
    assert.equal(status.conditions.find(({ type }: Json) => type === 'Ready').status, 'False')
  },
)
