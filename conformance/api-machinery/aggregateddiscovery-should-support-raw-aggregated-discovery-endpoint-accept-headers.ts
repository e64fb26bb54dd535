// /api and /apis give one document for all groups to whoever asks for it, and the old ones to others.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { aggregated } from '../fixtures/aggregated-discovery.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers',
    since: '1.30',
    clusterScoped: true,
  },
  async (t) => {
    for (const path of ['/api', '/apis'] as const) {
      const { items } = await aggregated(t, path)
      assert.ok(items.length > 0)
      const plain = await t.get(path)
      assert.equal(plain.kind, path === '/api' ? 'APIVersions' : 'APIGroupList')
      const fallback = await t.request('GET', path, {
        headers: { accept: 'application/json;g=no.such.group;v=v9;as=Nothing,application/json' },
      })
      assert.equal(fallback.body.kind, plain.kind)
    }
  },
)
