// No pod of the new template is made while one of the old is left.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { changed, deploymentOf, deploymentPath, isRolledOut } from '../fixtures/rollouts.ts'

const isOver = ({ status }: Json): boolean => ['Succeeded', 'Failed'].includes(status?.phase)

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'Deployment RecreateDeployment should delete old pods and create new ones',
    since: '1.12',
  },
  async (t) => {
    await t.post(deploymentPath(t), deploymentOf(t, 'recreated', { replicas: 2, strategy: { type: 'Recreate' } }))
    await isRolledOut(t, 'recreated')
    const { items, metadata } = await t.get(t.path('v1', 'pods'), { labelSelector: 'app=recreated' })
    assert.equal(items.length, 2)
    const old = new Set<string>(items.map((pod: Json) => pod.metadata.uid))
    const { resourceVersion } = metadata
    const watch = await t.watch(t.path('v1', 'pods'), { labelSelector: 'app=recreated', resourceVersion })
    await t.patch(deploymentPath(t, 'recreated'), 'merge', { spec: { template: changed } })
    await watch.until('the first pod of the new template', ({ type, object }) => {
      if (type === 'DELETED' || isOver(object)) old.delete(object.metadata.uid)
      return type === 'ADDED'
    })
    assert.deepEqual([...old], [])
    await isRolledOut(t, 'recreated')
  },
)
