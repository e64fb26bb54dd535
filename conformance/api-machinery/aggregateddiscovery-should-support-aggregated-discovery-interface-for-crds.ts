// Group, version and resource of a custom kind are found by a client that discovers by the aggregated document.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { aggregated, resourceIn } from '../fixtures/aggregated-discovery.ts'
import { define } from '../fixtures/definition.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AggregatedDiscovery should support aggregated discovery interface for CRDs',
    since: '1.30',
    clusterScoped: true,
  },
  async (t) => {
    const custom = await define(t, { subresources: { status: {} } })
    const found = await t.eventually('the kind is in the aggregated document', async () =>
      resourceIn((await aggregated(t, '/apis')).items, custom.group, 'v1', custom.plural),
    )
    const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
    assert.deepEqual([...found.verbs].sort(), verbs)
    assert.partialDeepStrictEqual(found.subresources, [{ subresource: 'status' }])
    const { stdout } = await t.kubectl(['api-resources', `--api-group=${custom.group}`, '--no-headers'])
    assert.match(stdout, new RegExp(`^${custom.plural} +${custom.group}/v1 +true +${custom.kind}$`, 'm'))
  },
)
