// cluster-info says where the control plane is.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info',
    since: '1.9',
  },
  async (t) => {
    const { stdout } = await t.kubectl(['cluster-info'])
    // Words are coloured, whatever they are written to.
    assert.match(stdout, /Kubernetes control plane.* is running at .*https:\/\//)
  },
)
