// A name elsewhere that becomes a service on the nodes gets an address and a port.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { leadsTo, makeBehind, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to change the type from ExternalName to NodePort',
    since: '1.16',
  },
  async (t) => {
    await t.post(servicePath(t), {
      metadata: { name: 'changes' },
      spec: { type: 'ExternalName', externalName: 'elsewhere.example.com' },
    })
    const { spec } = await updateLatest(t, servicePath(t, 'changes'), (service) => {
      service.spec = { type: 'NodePort', selector: { app: 'changes' }, ports: [{ port: 80 }] }
    })
    assert.match(spec.clusterIP, /^[0-9a-f.:]+$/)
    assert.ok(spec.ports[0].nodePort > 0)
    await makeBehind(t, 'behind', 'changes')
    await leadsTo(t, 'changes', ['behind:80'])
  },
)
