// A Deployment that is scaled while it cannot go on divides what is new among its ReplicaSets, by their size.

import assert from 'node:assert/strict'
import { behaviour, type Context } from '../behaviour.ts'
import { brokenImage, deploymentOf, deploymentPath, isRolledOut, wantedByImage } from '../fixtures/rollouts.ts'

const counts = async (t: Context, wanted: Readonly<Record<string, number>>): Promise<void> => {
  await t.eventually(`the replica sets are ${JSON.stringify(wanted)}`, async () => {
    assert.deepEqual(await wantedByImage(t, 'divided'), wanted)
    return true
  })
}

export const test = behaviour(
  { group: 'sig-apps', name: 'Deployment deployment should support proportional scaling', since: '1.12' },
  async (t) => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } }
    await t.post(deploymentPath(t), deploymentOf(t, 'divided', { replicas: 10, strategy }))
    await isRolledOut(t, 'divided')
    await t.patch(deploymentPath(t, 'divided'), 'strategic', {
      spec: { template: { spec: { containers: [brokenImage] } } },
    })
    // Eight are always available, and never more than thirteen are there.
    await counts(t, { old: 8, new: 5 })
    await t.patch(deploymentPath(t, 'divided', 'scale'), 'merge', { spec: { replicas: 30 } })
    await counts(t, { old: 20, new: 13 })
  },
)
