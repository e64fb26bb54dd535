// The service of the API has a name.

import { behaviour } from '../behaviour.ts'
import { isTold, makeResolver } from '../fixtures/names.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'DNS should provide DNS for the cluster', since: '1.9', needs: ['pods'] },
  async (t) => {
    const zone = await makeResolver(t)
    const { spec } = await t.get('/api/v1/namespaces/default/services/kubernetes')
    await isTold(t, `kubernetes.default.svc.${zone}`, [spec.clusterIP])
  },
)
