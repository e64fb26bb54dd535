// A pod whose requests are its limits is guaranteed what it asks for, and its status says so.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu',
    since: '1.9',
  },
  async (t) => {
    const amounts = { cpu: '100m', memory: '100Mi' }
    const { status } = await makePod(t, 'sure', idlePod(t, { resources: { limits: amounts, requests: amounts } }))
    assert.equal(status.qosClass, 'Guaranteed')
    assert.equal((await t.get(t.path('v1', 'pods', 'sure'))).status.qosClass, 'Guaranteed')
  },
)
