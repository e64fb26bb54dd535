// Pods that own each other in a circle go together.

import { behaviour, type Json } from '../behaviour.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'Garbage collector should not be blocked by dependency circle', since: '1.9' },
  async (t) => {
    const path = (name?: string) => t.path('v1', 'pods', name)
    const make = (name: string): Promise<Json> => t.post(path(), { metadata: { name }, spec: idlePod(t) })
    const pods = [await make('pod1'), await make('pod2'), await make('pod3')]
    for (const [i, { metadata }] of pods.entries()) {
      const owner = pods[(i + 2) % 3]?.metadata
      const reference = { apiVersion: 'v1', kind: 'Pod', name: owner.name, uid: owner.uid, controller: true }
      await t.patch(path(metadata.name), 'merge', {
        metadata: { ownerReferences: [{ ...reference, blockOwnerDeletion: true }] },
      })
    }
    await t.delete(path('pod1'), { propagationPolicy: 'Foreground' })
    await t.eventually('all pods have gone', async () => (await t.get(path())).items.length === 0)
  },
)
