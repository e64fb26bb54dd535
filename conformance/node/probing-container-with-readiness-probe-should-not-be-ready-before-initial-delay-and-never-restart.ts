// Nobody asks before the delay is over, and so the container is not ready before.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { containerOf, courseOf, isReady } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container with readiness probe should not be ready before initial delay and never restart',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const delaySeconds = 6
    const readinessProbe = { exec: { command: ['true'] }, initialDelaySeconds: delaySeconds, periodSeconds: 1 }
    const seen = await courseOf(t, waiting, { restartPolicy: 'Always', readinessProbe }, isReady)
    const pod = seen.at(-1)
    const { lastTransitionTime } = pod.status.conditions.find(({ type }: Json) => type === 'Ready')
    const container = containerOf(pod)
    const waitedMs = Date.parse(lastTransitionTime) - Date.parse(container.state.running.startedAt)
    // Both times are cut to whole seconds.
    assert.ok(waitedMs >= (delaySeconds - 1) * 1000, `ready after ${waitedMs} ms`)
    assert.equal(container.restartCount, 0)
  },
)
