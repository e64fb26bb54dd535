// A list of the services of all namespaces has that of the API, and one's own.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makeService } from '../fixtures/services.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Services should find a service from listing all namespaces', since: '1.18' },
  async (t) => {
    await makeService(t, 'own')
    const { items } = await t.get(t.clusterPath('v1', 'services'))
    const found = items.map(({ metadata }: Json) => `${metadata.namespace}/${metadata.name}`)
    assert.ok(found.includes('default/kubernetes'))
    assert.ok(found.includes(`${t.namespace}/own`))
  },
)
