// The status of a service is read, patched and replaced on its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'
import { makeService, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Services should complete a service status lifecycle', since: '1.21' },
  async (t) => {
    await makeService(t, 'told', { type: 'LoadBalancer', loadBalancerClass: 'example.com/nobody' })
    const watch = await t.watch(servicePath(t), { fieldSelector: 'metadata.name=told' })
    const status = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } }
    const patched = await t.patch(servicePath(t, 'told', 'status'), 'merge', {
      metadata: { annotations: { patched: 'true' } },
      status,
      spec: { sessionAffinity: 'ClientIP' },
    })
    assert.equal(patched.status.loadBalancer.ingress[0].ip, '203.0.113.1')
    assert.equal(patched.metadata.annotations.patched, 'true')
    assert.equal(patched.spec.sessionAffinity, 'None')
    await watch.until('the patch', ({ object }) => object.metadata.annotations?.patched === 'true')
    const read = await t.get(servicePath(t, 'told', 'status'))
    assert.equal(read.kind, 'Service')
    const told = timedCondition(t, 'StatusUpdate')
    const updated = await updateLatest(t, servicePath(t, 'told', 'status'), (service) => {
      service.status.conditions = [told]
    })
    assert.deepEqual(updated.status.conditions, [told])
    await watch.until('the update', ({ object }) => object.status.conditions?.length === 1)
    await t.patch(servicePath(t, 'told'), 'merge', {
      metadata: { annotations: { later: 'true' } },
      status: { loadBalancer: null },
    })
    assert.equal((await t.get(servicePath(t, 'told'))).status.loadBalancer.ingress[0].ip, '203.0.113.1')
    await t.delete(servicePath(t, 'told'))
    await watch.until('the deletion', ({ type }) => type === 'DELETED')
  },
)
