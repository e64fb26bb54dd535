// The Endpoints of a service follow its pods.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { inEndpoints, makeBehind, makeService } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointsController should create Endpoints for Pods matching a Service',
    since: '1.21,1.35',
  },
  async (t) => {
    await makeService(t, 'followed', { ports: [{ port: 80, targetPort: 8080 }] })
    const leads = (wanted: readonly string[]) =>
      t.eventually(`it leads to ${wanted.join()}`, async () => {
        assert.deepEqual(await inEndpoints(t, 'followed'), wanted)
        return true
      })
    await makeBehind(t, 'first', 'followed')
    await leads(['first:8080'])
    await makeBehind(t, 'second', 'followed')
    await leads(['first:8080', 'second:8080'])
    await t.delete(t.path('v1', 'pods', 'first'))
    await leads(['second:8080'])
    const { status } = await t.get(t.path('v1', 'pods', 'second'))
    const { metadata, subsets } = await t.get(t.path('v1', 'endpoints', 'followed'))
    assert.equal(subsets[0].addresses[0].ip, status.podIP)
    assert.equal(metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] ?? 'true', 'true')
  },
)
