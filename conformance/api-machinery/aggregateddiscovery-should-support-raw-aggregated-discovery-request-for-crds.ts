// A custom kind stands in the aggregated document as the built-in ones do, as long as it is served.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { aggregated, resourceIn } from '../fixtures/aggregated-discovery.ts'
import { define } from '../fixtures/definition.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AggregatedDiscovery should support raw aggregated discovery request for CRDs',
    since: '1.30',
    clusterScoped: true,
  },
  async (t) => {
    const custom = await define(t)
    const find = async () => resourceIn((await aggregated(t, '/apis')).items, custom.group, 'v1', custom.plural)
    const found = await t.eventually('the kind is in the aggregated document', find)
    assert.partialDeepStrictEqual(found, {
      responseKind: { group: custom.group, version: 'v1', kind: custom.kind },
      scope: 'Namespaced',
      singularResource: custom.singular,
    })
    await t.delete(custom.definitionPath)
    await t.eventually('the kind is gone from it', async () => (await find()) === undefined)
  },
)
