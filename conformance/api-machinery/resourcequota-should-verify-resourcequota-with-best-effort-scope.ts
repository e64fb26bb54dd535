// A quota for pods that request nothing counts those alone, and one for the others counts the others.

import { behaviour } from '../behaviour.ts'
import { makeQuota, used } from '../fixtures/quota.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should verify ResourceQuota with best effort scope.',
    since: '1.16',
  },
  async (t) => {
    await makeQuota(t, 'best-effort', { pods: '5' }, { scopes: ['BestEffort'] })
    await makeQuota(t, 'not-best-effort', { pods: '5' }, { scopes: ['NotBestEffort'] })
    const counted = async (bestEffort: string, others: string) => {
      await used(t, 'best-effort', { pods: bestEffort })
      await used(t, 'not-best-effort', { pods: others })
    }
    const path = (name?: string) => t.path('v1', 'pods', name)
    await counted('0', '0')
    await t.post(path(), { metadata: { name: 'a' }, spec: idlePod(t) })
    await counted('1', '0')
    await t.delete(path('a'), { gracePeriodSeconds: 0 })
    await counted('0', '0')
    const resources = { requests: { cpu: '100m', memory: '10Mi' }, limits: { cpu: '200m', memory: '20Mi' } }
    await t.post(path(), { metadata: { name: 'b' }, spec: idlePod(t, { resources }) })
    await counted('0', '1')
    await t.delete(path('b'), { gracePeriodSeconds: 0 })
    await counted('0', '0')
  },
)
