// A container that listens is let run, beside one that does not.

import { behaviour } from '../behaviour.ts'
import { httpServer, often, onlyBadRestarts } from '../fixtures/probes.ts'
import { waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a tcp:8080 liveness probe',
    since: '1.18',
    needs: ['pods'],
  },
  async (t) => {
    const probe = (port: number) => ({ tcpSocket: { port }, ...often, initialDelaySeconds: 2 })
    await onlyBadRestarts(
      t,
      { script: httpServer(8080), livenessProbe: probe(8080) },
      { script: waiting, livenessProbe: probe(8099) },
    )
  },
)
