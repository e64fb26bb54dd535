// A service that selects nothing has empty Endpoints, which go with it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeService, servicePath } from '../fixtures/services.ts'
import { isGone } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointsController should create and delete Endpoints for a Service with a selector that matches no pods',
    since: '1.21,1.35',
  },
  async (t) => {
    await makeService(t, 'nothing')
    const path = t.path('v1', 'endpoints', 'nothing')
    const { subsets } = await t.eventually('there are Endpoints', () => t.get(path))
    assert.deepEqual(subsets ?? [], [])
    await t.delete(servicePath(t, 'nothing'))
    await isGone(t, path)
  },
)
