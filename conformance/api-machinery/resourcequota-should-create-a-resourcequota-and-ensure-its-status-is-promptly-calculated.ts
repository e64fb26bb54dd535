// The status of a new quota shows its limits, and how much of each is used, soon.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeQuota, used } from '../fixtures/quota.ts'

const hard = {
  pods: '5',
  services: '10',
  'services.nodeports': '1',
  'services.loadbalancers': '1',
  replicationcontrollers: '10',
  resourcequotas: '1',
  secrets: '10',
  cpu: '1',
  memory: '500Mi',
  persistentvolumeclaims: '10',
  'requests.storage': '10Gi',
  'requests.ephemeral-storage': '50Gi',
  'count/replicasets.apps': '5',
  'requests.example.com/dongle': '3',
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated.',
    since: '1.16',
  },
  async (t) => {
    await makeQuota(t, 'all', hard)
    const none = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
    const status = await used(t, 'all', { ...none, resourcequotas: '1' })
    assert.deepEqual(status.hard, hard)
  },
)
