// A patch of the image that is only tried is answered as if it were done, and is not.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Kubectl server-side dry-run should check if kubectl can dry-run update Pods',
    since: '1.19',
  },
  async (t) => {
    await t.kubectl(['run', 'tried', `--image=${t.idleImage}`])
    const before = await podReady(t, 'tried')
    const image = 'example.com/other:1'
    const patch = JSON.stringify({ spec: { containers: [{ name: 'tried', image }] } })
    const answer = await t.kubectl(['patch', 'pod', 'tried', '-p', patch, '--dry-run=server', '-o', 'json'])
    assert.equal(JSON.parse(answer.stdout).spec.containers[0].image, image)
    const after = await t.get(t.path('v1', 'pods', 'tried'))
    assert.equal(after.spec.containers[0].image, t.idleImage)
    assert.equal(after.metadata.generation, before.metadata.generation)
  },
)
