// A ReplicationController that may not make all of its pods says so, until it wants no more than it may.

import assert from 'node:assert/strict'
import { behaviour, type Context, type Json } from '../behaviour.ts'
import { makeQuota, used } from '../fixtures/quota.ts'
import { countOfPods, makeReplicationController } from '../fixtures/workloads.ts'

const failure = async (t: Context): Promise<Json> => {
  const { status } = await t.get(t.path('v1', 'replicationcontrollers', 'much'))
  return status.conditions?.find((each: Json) => each.type === 'ReplicaFailure')
}

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'ReplicationController should surface a failure condition on a common issue like exceeded quota',
    since: '1.15',
  },
  async (t) => {
    await makeQuota(t, 'two', { pods: '2' })
    await used(t, 'two', { pods: '0' })
    await makeReplicationController(t, 'much', 3)
    const { status, reason, message } = await t.eventually('the failure is told', () => failure(t))
    assert.deepEqual([status, reason], ['True', 'FailedCreate'])
    assert.match(message, /exceeded quota: two/)
    await t.patch(t.path('v1', 'replicationcontrollers', 'much', 'scale'), 'merge', { spec: { replicas: 2 } })
    await t.eventually('the failure is over', async () => (await failure(t)) === undefined)
    await countOfPods(t, 'much', 2)
  },
)
