// A container knows the services that were there before it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeService } from '../fixtures/services.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should contain environment variables for services', since: '1.9', needs: ['pods'] },
  async (t) => {
    const { spec } = await makeService(t, 'fooservice', { ports: [{ port: 8765, targetPort: 8080 }] })
    const said = await outputOf(t, 'told', { containers: [shell(t, 'env')] })
    const wanted = [
      `FOOSERVICE_SERVICE_HOST=${spec.clusterIP}`,
      'FOOSERVICE_SERVICE_PORT=8765',
      `FOOSERVICE_PORT=tcp://${spec.clusterIP}:8765`,
      `FOOSERVICE_PORT_8765_TCP_ADDR=${spec.clusterIP}`,
      'FOOSERVICE_PORT_8765_TCP_PORT=8765',
      'FOOSERVICE_PORT_8765_TCP_PROTO=tcp',
    ]
    for (const line of wanted) assert.ok(said.split('\n').includes(line), line)
  },
)
