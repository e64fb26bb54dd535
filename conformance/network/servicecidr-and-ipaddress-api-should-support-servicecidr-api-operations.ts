// Ranges of services take every verb, and have a status of their own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'ServiceCIDR and IPAddress API should support ServiceCIDR API operations',
    since: '1.34',
    clusterScoped: true,
  },
  async (t) => {
    const { items } = await t.get(t.clusterPath('networking.k8s.io/v1', 'servicecidrs'), {
      fieldSelector: 'metadata.name=kubernetes',
    })
    assert.equal(items.length, 1, 'the range of the cluster is there')
    const because = (reason: string) => timedCondition(t, 'Tried', { reason })
    await checkOperations(t, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      plural: 'servicecidrs',
      clusterScoped: true,
      // Nobody gets an address of it meanwhile.
      make: () => ({ spec: { cidrs: ['2001:db8:2::/64'] } }),
      patch: {},
      status: [{ conditions: [because('Patched')] }, { conditions: [because('Updated')] }],
    })
  },
)
