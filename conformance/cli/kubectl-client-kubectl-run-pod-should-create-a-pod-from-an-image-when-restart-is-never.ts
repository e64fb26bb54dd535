// kubectl run makes a pod as it was told.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Kubectl run pod should create a pod from an image when restart is Never',
    since: '1.9',
  },
  async (t) => {
    await t.kubectl(['run', 'once', '--restart=Never', `--image=${t.idleImage}`])
    const { spec } = await t.get(t.path('v1', 'pods', 'once'))
    assert.equal(spec.containers[0].image, t.idleImage)
    assert.equal(spec.restartPolicy, 'Never')
  },
)
