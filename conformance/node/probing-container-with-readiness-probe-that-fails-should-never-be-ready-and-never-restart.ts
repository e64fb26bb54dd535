// However often a container says that it is not ready, it is not ended for that.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { containerOf, count, courseOf, isReady, untilProbed } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container with readiness probe that fails should never be ready and never restart',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const readinessProbe = { exec: { command: ['/bin/sh', '-c', `${count}; false`] }, periodSeconds: 1 }
    const hasEnded = ({ status }: Json): boolean => status.phase === 'Succeeded' || status.phase === 'Failed'
    const seen = await courseOf(t, untilProbed(5), { restartPolicy: 'Never', readinessProbe }, hasEnded)
    assert.ok(seen.some((pod) => containerOf(pod)?.state.running))
    assert.deepEqual(
      seen.filter((pod) => isReady(pod) || containerOf(pod)?.ready),
      [],
    )
    const pod = seen.at(-1)
    assert.deepEqual([pod.status.phase, containerOf(pod).restartCount], ['Succeeded', 0])
  },
)
