// Services are counted, and beside them their node ports and load balancers.

import { behaviour } from '../behaviour.ts'
import { makeQuota, used } from '../fixtures/quota.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should create a ResourceQuota and capture the life of a service.',
    since: '1.16',
  },
  async (t) => {
    const path = (name?: string) => t.path('v1', 'services', name)
    const make = (name: string, type: string) =>
      t.post(path(), { metadata: { name }, spec: { type, selector: { app: name }, ports: [{ port: 80 }] } })
    await makeQuota(t, 'services', { services: '3', 'services.nodeports': '1', 'services.loadbalancers': '1' })
    const counted = (services: number, nodePorts: number, loadBalancers: number) =>
      used(t, 'services', {
        services: String(services),
        'services.nodeports': String(nodePorts),
        'services.loadbalancers': String(loadBalancers),
      })
    await counted(0, 0, 0)
    await make('plain', 'ClusterIP')
    await counted(1, 0, 0)
    await make('ported', 'NodePort')
    await counted(2, 1, 0)
    const forbidden = { code: 403, reason: 'Forbidden', message: /exceeded quota: services/ } as const
    await refused(make('balanced', 'LoadBalancer'), forbidden)
    await refused(t.patch(path('plain'), 'merge', { spec: { type: 'NodePort' } }), forbidden)
    await counted(2, 1, 0)
    await t.delete(path('ported'))
    await counted(1, 0, 0)
    await make('balanced', 'LoadBalancer')
    await counted(2, 1, 1)
    await t.delete(path('balanced'))
    await t.delete(path('plain'))
    await counted(0, 0, 0)
  },
)
