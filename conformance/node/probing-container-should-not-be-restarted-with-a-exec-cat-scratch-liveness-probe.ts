// A container in which the command succeeds runs on.

import { behaviour } from '../behaviour.ts'
import { count, isLeftAlone } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a exec "cat (scratch)" liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => isLeftAlone(t, { exec: { command: ['/bin/sh', '-c', `${count} && cat /tmp/health`] } }, 'touch /tmp/health'),
)
