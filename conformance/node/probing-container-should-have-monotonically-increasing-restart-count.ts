// A container that fails its probe again and again is started again and again, and the count only grows.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { containerOf, courseOf } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should have monotonically increasing restart count',
    since: '1.9',
    needs: ['pods'],
    timeoutMs: 240_000,
  },
  async (t) => {
    const course = {
      restartPolicy: 'Always',
      livenessProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 },
    } as const
    const seen = await courseOf(t, waiting, course, (pod) => containerOf(pod)?.restartCount >= 3)
    const counts = seen.map((pod) => containerOf(pod)?.restartCount ?? 0)
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    )
    assert.deepEqual([...new Set(counts)], [0, 1, 2, 3])
  },
)
