// The services that are there when a container starts are among its variables.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { environmentOf } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should contain environment variables for services', since: '1.9', needs: ['pods'] },
  async (t) => {
    const ports = [{ port: 8765, targetPort: 8080 }]
    const { spec } = await t.post(t.path('v1', 'services'), {
      metadata: { name: 'foo-service' },
      spec: { selector: { name: 'server' }, ports },
    })
    const found = await environmentOf(t, {})
    const url = `tcp://${spec.clusterIP}:8765`
    assert.partialDeepStrictEqual(found, {
      FOO_SERVICE_SERVICE_HOST: spec.clusterIP,
      FOO_SERVICE_SERVICE_PORT: '8765',
      FOO_SERVICE_PORT: url,
      FOO_SERVICE_PORT_8765_TCP: url,
      FOO_SERVICE_PORT_8765_TCP_PROTO: 'tcp',
      FOO_SERVICE_PORT_8765_TCP_PORT: '8765',
      FOO_SERVICE_PORT_8765_TCP_ADDR: spec.clusterIP,
    })
    assert.ok(found.KUBERNETES_SERVICE_HOST && found.KUBERNETES_SERVICE_PORT)
  },
)
