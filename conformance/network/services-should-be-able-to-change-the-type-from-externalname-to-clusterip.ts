// A name elsewhere that becomes a service gets an address.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { leadsTo, makeBehind, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to change the type from ExternalName to ClusterIP',
    since: '1.16',
  },
  async (t) => {
    const made = await t.post(servicePath(t), {
      metadata: { name: 'changes' },
      spec: { type: 'ExternalName', externalName: 'elsewhere.example.com' },
    })
    assert.equal(made.spec.clusterIP, undefined)
    const { spec } = await updateLatest(t, servicePath(t, 'changes'), (service) => {
      service.spec = { type: 'ClusterIP', selector: { app: 'changes' }, ports: [{ port: 80 }] }
    })
    assert.match(spec.clusterIP, /^[0-9a-f.:]+$/)
    assert.deepEqual(spec.clusterIPs, [spec.clusterIP])
    assert.equal(spec.externalName, undefined)
    await makeBehind(t, 'behind', 'changes')
    await leadsTo(t, 'changes', ['behind:80'])
  },
)
