// A ReplicaSet is replaced and patched, and its pods follow.

import assert from 'node:assert/strict'
import { behaviour, type Context } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { refused } from '../fixtures/refused.ts'
import { countOfPods, replicaSetOf } from '../fixtures/workloads.ts'

const path = (t: Context, name?: string) => t.path('apps/v1', 'replicasets', name)

const hasReady = (t: Context, count: number) =>
  t.eventually(`${count} pods are ready`, async () => {
    const { metadata, status } = await t.get(path(t, 'set'))
    return status.readyReplicas === count && status.observedGeneration === metadata.generation
  })

export const test = behaviour(
  { group: 'sig-apps', name: 'ReplicaSet Replace and Patch tests', since: '1.21' },
  async (t) => {
    await t.post(path(t), replicaSetOf(t, 'set', 1))
    await hasReady(t, 1)
    await updateLatest(t, path(t, 'set'), ({ spec }) => {
      spec.replicas = 2
    })
    await hasReady(t, 2)
    const patched = await t.patch(path(t, 'set'), 'strategic', {
      metadata: { labels: { patched: 'true' } },
      spec: {
        replicas: 3,
        template: {
          spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'idle', image: 'example.com/other:1' }] },
        },
      },
    })
    assert.equal(patched.metadata.labels.patched, 'true')
    assert.equal(patched.spec.template.spec.containers[0].image, 'example.com/other:1')
    // A template is for pods that come after it.
    const pods = await countOfPods(t, 'set', 3)
    assert.equal(pods.filter(({ spec }) => spec.containers[0].image === 'example.com/other:1').length, 1)
    await refused(t.patch(path(t, 'set'), 'merge', { spec: { selector: { matchLabels: { app: 'other' } } } }), {
      code: 422,
    })
  },
)
