// A container whose command does not end well any more is begun anew.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeProbed, often, restartsReach } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should be restarted with a exec "cat (scratch)" liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const livenessProbe = { exec: { command: ['cat', '/tmp/health'] }, ...often, initialDelaySeconds: 1 }
    await makeProbed(t, 'probed', {
      bad: { script: `echo ok > /tmp/health; sleep 3; rm /tmp/health; ${waiting}`, livenessProbe },
    })
    await restartsReach(t, 'probed', 'bad', 1)
    const { items } = await t.get(t.path('v1', 'events'), {
      fieldSelector: 'involvedObject.name=probed,reason=Unhealthy',
    })
    assert.match(items[0].message, /^Liveness probe failed: /)
  },
)
