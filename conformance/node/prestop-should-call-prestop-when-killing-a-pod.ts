// A pod that is deleted does what it is to do before its end, and has the time for it.

import { behaviour } from '../behaviour.ts'
import { tellsEnd } from '../fixtures/hooks.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'PreStop should call prestop when killing a pod', since: '1.9', needs: ['pods'] },
  async (t) => {
    const tells = (address: string) => ({
      exec: { command: ['/bin/sh', '-c', `sleep 1; wget -q -O - http://${address}:8080/stopping || true`] },
    })
    await tellsEnd(t, tells)
  },
)
