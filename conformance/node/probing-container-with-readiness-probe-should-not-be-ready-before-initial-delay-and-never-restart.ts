// A container is not ready before it is first asked.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makeProbed, often } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container with readiness probe should not be ready before initial delay and never restart',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const readinessProbe = { exec: { command: ['true'] }, ...often, initialDelaySeconds: 4 }
    await makeProbed(t, 'probed', { late: { script: waiting, readinessProbe } })
    const { status } = await podReady(t, 'probed')
    const [container] = status.containerStatuses
    const ready = status.conditions.find(({ type }: Json) => type === 'Ready')
    // Times are whole seconds.
    assert.ok(Date.parse(ready.lastTransitionTime) - Date.parse(container.state.running.startedAt) >= 3000)
    assert.equal(container.restartCount, 0)
  },
)
