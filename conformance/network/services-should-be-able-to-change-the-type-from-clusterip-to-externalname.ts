// A service that becomes a name elsewhere gives its address back.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makeService, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to change the type from ClusterIP to ExternalName',
    since: '1.16',
  },
  async (t) => {
    const { spec } = await makeService(t, 'changes')
    assert.match(spec.clusterIP, /^[0-9a-f.:]+$/)
    const changed = await updateLatest(t, servicePath(t, 'changes'), (service) => {
      service.spec = { type: 'ExternalName', externalName: 'elsewhere.example.com' }
    })
    assert.deepEqual([changed.spec.type, changed.spec.externalName], ['ExternalName', 'elsewhere.example.com'])
    assert.equal(changed.spec.clusterIP, undefined)
    // Another may have it.
    const heir = await makeService(t, 'heir', { clusterIP: spec.clusterIP })
    assert.equal(heir.spec.clusterIP, spec.clusterIP)
  },
)
