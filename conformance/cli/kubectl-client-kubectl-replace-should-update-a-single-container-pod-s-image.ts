// A pod is replaced by one that differs in its image, and stays the same pod.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: "Kubectl client Kubectl replace should update a single-container pod's image",
    since: '1.9',
  },
  async (t) => {
    await t.kubectl(['run', 'replaced', `--image=${t.idleImage}`, '--labels=run=replaced'])
    const before = await podReady(t, 'replaced')
    const { stdout } = await t.kubectl(['get', 'pod', 'replaced', '-o', 'json'])
    const image = `${t.idleImage.split(':')[0]}:3.9`
    await t.kubectl(['replace', '-f', '-'], {
      stdin: stdout.replaceAll(`"image": "${t.idleImage}"`, `"image": "${image}"`),
    })
    const after = await t.get(t.path('v1', 'pods', 'replaced'))
    assert.equal(after.metadata.uid, before.metadata.uid)
    assert.equal(after.spec.containers[0].image, image)
  },
)
