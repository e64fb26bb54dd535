// The scale of a Deployment is read, replaced and patched, and its pods follow.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { deploymentPath, isRolledOut } from '../fixtures/rollouts.ts'
import { checkScale } from '../fixtures/scale.ts'
import { makeDeployment } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Deployment Deployment should have a working scale subresource', since: '1.21' },
  async (t) => {
    await makeDeployment(t, 'scaled', { replicas: 1 })
    await checkScale(t, deploymentPath(t, 'scaled'))
    await isRolledOut(t, 'scaled')
    assert.equal((await t.get(deploymentPath(t, 'scaled', 'scale'))).status.replicas, 4)
  },
)
