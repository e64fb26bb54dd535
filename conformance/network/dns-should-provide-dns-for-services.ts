// Services have names, their ports too, and their addresses lead back to them.

import { behaviour } from '../behaviour.ts'
import { isTold, makeResolver } from '../fixtures/names.ts'
import { firstPort, makeServer } from '../fixtures/network.ts'
import { makeService } from '../fixtures/services.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'DNS should provide DNS for services', since: '1.9', needs: ['pods'] },
  async (t) => {
    const zone = await makeResolver(t)
    const port = { name: 'http', port: 80, targetPort: firstPort }
    const { status } = await makeServer(t, 'one', { labels: { app: 'named' } })
    const { spec } = await makeService(t, 'named', { ports: [port] })
    await makeService(t, 'headless', { clusterIP: 'None', selector: { app: 'named' }, ports: [port] })
    const at = (service: string) => `${service}.${t.namespace}.svc.${zone}`
    await isTold(t, at('named'), [spec.clusterIP])
    await isTold(t, at('headless'), [status.podIP])
    await isTold(t, `_http._tcp.${at('named')}`, [`80 ${at('named')}`], 'srv')
    await isTold(t, `_http._tcp.${at('headless')}`, ['8080 ', at('headless')], 'srv')
    await isTold(t, `${spec.clusterIP.split('.').reverse().join('.')}.in-addr.arpa`, [at('named')], 'ptr')
  },
)
