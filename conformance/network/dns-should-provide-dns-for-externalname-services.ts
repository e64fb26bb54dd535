// A service that is a name elsewhere is told as that, as it changes, until it has an address.

import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { isTold, makeResolver } from '../fixtures/names.ts'
import { servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'DNS should provide DNS for ExternalName services', since: '1.15', needs: ['pods'] },
  async (t) => {
    const zone = await makeResolver(t)
    const name = `away.${t.namespace}.svc.${zone}`
    await t.post(servicePath(t), {
      metadata: { name: 'away' },
      spec: { type: 'ExternalName', externalName: 'foo.example.com' },
    })
    await isTold(t, name, ['foo.example.com'], 'cname')
    await t.patch(servicePath(t, 'away'), 'merge', { spec: { externalName: 'bar.example.com' } })
    await isTold(t, name, ['bar.example.com'], 'cname')
    const { spec } = await updateLatest(t, servicePath(t, 'away'), (service) => {
      service.spec = { type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] }
    })
    await isTold(t, name, [spec.clusterIP])
  },
)
