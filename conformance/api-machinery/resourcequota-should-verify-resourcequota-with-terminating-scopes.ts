// A quota for pods that end by a deadline counts those alone, and one for the others counts the others.

import { behaviour } from '../behaviour.ts'
import { makeQuota, used } from '../fixtures/quota.ts'
import { idlePod } from '../fixtures/workloads.ts'

const hard = { pods: '5', 'requests.cpu': '1', 'requests.memory': '500Mi', 'limits.cpu': '2', 'limits.memory': '1Gi' }
const resources = { requests: { cpu: '500m', memory: '200Mi' }, limits: { cpu: '1', memory: '400Mi' } }
const none = { pods: '0', 'requests.cpu': '0', 'requests.memory': '0', 'limits.cpu': '0', 'limits.memory': '0' }
const one = {
  pods: '1',
  'requests.cpu': '500m',
  'requests.memory': '200Mi',
  'limits.cpu': '1',
  'limits.memory': '400Mi',
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should verify ResourceQuota with terminating scopes.',
    since: '1.16',
  },
  async (t) => {
    await makeQuota(t, 'terminating', hard, { scopes: ['Terminating'] })
    await makeQuota(t, 'not-terminating', hard, { scopes: ['NotTerminating'] })
    const path = (name?: string) => t.path('v1', 'pods', name)
    const make = (name: string, spec: object = {}) =>
      t.post(path(), { metadata: { name }, spec: { ...idlePod(t, { resources }), ...spec } })
    await used(t, 'terminating', none)
    await used(t, 'not-terminating', none)

    await make('long')
    await used(t, 'not-terminating', one)
    await used(t, 'terminating', none)
    await t.delete(path('long'), { gracePeriodSeconds: 0 })
    await used(t, 'not-terminating', none)

    await make('short', { activeDeadlineSeconds: 3600 })
    await used(t, 'terminating', one)
    await used(t, 'not-terminating', none)
    await t.delete(path('short'), { gracePeriodSeconds: 0 })
    await used(t, 'terminating', none)
  },
)
