// A container that is begun anew again and again is counted each time.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeProbed, often } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should have monotonically increasing restart count',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const livenessProbe = { exec: { command: ['false'] }, ...often }
    const watch = await t.watch(t.path('v1', 'pods'), { fieldSelector: 'metadata.name=probed' })
    await makeProbed(t, 'probed', { bad: { script: 'sleep 1000', livenessProbe } })
    let last = 0
    while (last < 2) {
      const { object } = await watch.next()
      const { restartCount = 0 } = object.status.containerStatuses?.[0] ?? {}
      assert.ok(restartCount >= last, `${restartCount} comes after ${last}`)
      last = restartCount
    }
  },
)
