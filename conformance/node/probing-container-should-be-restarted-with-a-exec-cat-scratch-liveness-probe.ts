// A container in which the command fails is started again.

import { behaviour } from '../behaviour.ts'
import { count, isRestarted } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should be restarted with a exec "cat (scratch)" liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  (t) =>
    isRestarted(
      t,
      { exec: { command: ['/bin/sh', '-c', `${count} && cat /tmp/health`] } },
      'touch /tmp/health',
      'rm /tmp/health',
    ),
)
