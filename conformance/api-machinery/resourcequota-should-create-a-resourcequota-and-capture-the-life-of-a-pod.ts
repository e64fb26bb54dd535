// What a pod requests is counted, what would be too much is refused, and all of it is free again when it is deleted.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeQuota, used } from '../fixtures/quota.ts'
import { refused } from '../fixtures/refused.ts'
import { idlePod } from '../fixtures/workloads.ts'

const dongle = 'example.com/dongle'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should create a ResourceQuota and capture the life of a pod.',
    since: '1.16',
  },
  async (t) => {
    const path = (name?: string) => t.path('v1', 'pods', name)
    const make = (name: string, requests: Record<string, string>, limits: Record<string, string> = {}) =>
      t.post(path(), { metadata: { name }, spec: idlePod(t, { resources: { requests, limits } }) })
    await makeQuota(t, 'pods', {
      pods: '5',
      cpu: '1',
      memory: '500Mi',
      'ephemeral-storage': '50Gi',
      [`requests.${dongle}`]: '3',
    })
    const none = { pods: '0', cpu: '0', memory: '0', 'ephemeral-storage': '0', [`requests.${dongle}`]: '0' }
    const some = { pods: '1', cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', [`requests.${dongle}`]: '2' }
    const requests = { cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', [dongle]: '2' }
    await used(t, 'pods', none)
    await make('counted', requests, { [dongle]: '2' })
    await used(t, 'pods', some)

    const forbidden = { code: 403, reason: 'Forbidden', message: /exceeded quota: pods/ } as const
    await refused(make('too-much', { cpu: '600m', memory: '100Mi', 'ephemeral-storage': '1Gi' }), forbidden)
    const dongles = { cpu: '100m', memory: '10Mi', 'ephemeral-storage': '1Gi', [dongle]: '2' }
    await refused(make('too-many', dongles, { [dongle]: '2' }), forbidden)
    const silent = refused(make('says-nothing', {}), { code: 403, reason: 'Forbidden' })
    assert.match((await silent).message, /failed quota: pods: must specify cpu for: idle; .*memory for: idle/)

    const counted = await t.get(path('counted'))
    counted.spec.containers[0].resources.requests.cpu = '100m'
    await refused(t.put(path('counted'), counted), { code: 422, reason: 'Invalid' })
    await used(t, 'pods', some)
    await t.delete(path('counted'), { gracePeriodSeconds: 0 })
    await used(t, 'pods', none)
  },
)
