// Who watches a Deployment sees it made, available, patched, its status written, updated and deleted.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { condition } from '../fixtures/conditions.ts'
import { deploymentPath, isRolledOut } from '../fixtures/rollouts.ts'
import { countOfPods, makeDeployment } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Deployment should run the lifecycle of a Deployment', since: '1.20' },
  async (t) => {
    const labelSelector = `life=${t.name('life')}`
    const [label = '', value = ''] = labelSelector.split('=')
    const watch = await t.watch(deploymentPath(t), { labelSelector })
    const available = (count: number) =>
      watch.until(`${count} are available`, ({ object }) => {
        const { metadata, status } = object
        return status.availableReplicas === count && status.observedGeneration === metadata.generation
      })
    await makeDeployment(t, 'life', { replicas: 1, metadata: { labels: { [label]: value } } })
    assert.equal((await watch.next()).type, 'ADDED')
    await available(1)

    await t.patch(deploymentPath(t, 'life'), 'strategic', {
      metadata: { labels: { patched: 'true' } },
      spec: {
        replicas: 2,
        template: {
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'idle', image: t.idleImage }],
          },
        },
      },
    })
    const patched = await watch.until('the patch', ({ object }) => object.metadata.labels.patched === 'true')
    assert.equal(patched.object.spec.replicas, 2)
    await available(2)
    const { items } = await t.get(t.clusterPath('apps/v1', 'deployments'), { labelSelector })
    assert.deepEqual(
      items.map(({ metadata }: Json) => metadata.name),
      ['life'],
    )

    const status = { conditions: [condition('Own')] }
    const own = ({ status }: Json): boolean => status.conditions?.some((each: Json) => each.type === 'Own')
    assert.ok(own(await t.patch(deploymentPath(t, 'life', 'status'), 'merge', { status })))
    await watch.until('the condition', ({ object }) => own(object))
    await updateLatest(t, deploymentPath(t, 'life'), (deployment) => {
      deployment.metadata.labels.updated = 'true'
      deployment.spec.template.metadata.annotations = { updated: 'true' }
    })
    await watch.until('the update', ({ object }) => object.metadata.labels.updated === 'true')
    await isRolledOut(t, 'life')
    await t.delete(deploymentPath(t), { propagationPolicy: 'Background' }, { labelSelector })
    const deleted = await watch.until('the deletion', ({ type }) => type === 'DELETED')
    assert.equal(deleted.object.metadata.name, 'life')
    await countOfPods(t, 'life', 0)
  },
)
