// A container whose command ends well is let run, beside one whose command does not.

import { behaviour } from '../behaviour.ts'
import { often, onlyBadRestarts } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a exec "cat (scratch)" liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const livenessProbe = { exec: { command: ['cat', '/tmp/health'] }, ...often, initialDelaySeconds: 2 }
    await onlyBadRestarts(
      t,
      { script: `echo ok > /tmp/health; ${waiting}`, livenessProbe },
      { script: `echo ok > /tmp/health; sleep 3; rm /tmp/health; ${waiting}`, livenessProbe },
    )
  },
)
