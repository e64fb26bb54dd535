// A service on the nodes that becomes a name elsewhere gives back its address and its port.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makeService, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to change the type from NodePort to ExternalName',
    since: '1.16',
  },
  async (t) => {
    const { spec } = await makeService(t, 'changes', { type: 'NodePort' })
    const { nodePort } = spec.ports[0]
    assert.ok(nodePort > 0)
    const changed = await updateLatest(t, servicePath(t, 'changes'), (service) => {
      service.spec = { type: 'ExternalName', externalName: 'elsewhere.example.com', ports: [{ port: 80 }] }
    })
    assert.equal(changed.spec.clusterIP, undefined)
    assert.equal(changed.spec.ports[0].nodePort, undefined)
    const heir = await makeService(t, 'heir', {
      type: 'NodePort',
      clusterIP: spec.clusterIP,
      ports: [{ port: 80, nodePort }],
    })
    assert.equal(heir.spec.ports[0].nodePort, nodePort)
  },
)
