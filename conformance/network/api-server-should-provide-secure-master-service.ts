// The API has a service of its own, on the port of HTTPS.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'API Server should provide secure master service', since: '1.9', clusterScoped: true },
  async (t) => {
    const { spec } = await t.get('/api/v1/namespaces/default/services/kubernetes')
    const ports = spec.ports.map(({ name, port, protocol }: Json) => [name, port, protocol])
    assert.deepEqual(ports, [['https', 443, 'TCP']])
    assert.match(spec.clusterIP, /^[0-9a-f.:]+$/)
  },
)
