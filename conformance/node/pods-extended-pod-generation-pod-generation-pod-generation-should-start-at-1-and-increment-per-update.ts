// The generation of a pod goes up with each change of its spec, and with nothing else.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Pods Extended (pod generation) Pod Generation pod generation should start at 1 and increment per update',
    since: '1.35',
  },
  async (t) => {
    const path = t.path('v1', 'pods', 'counted')
    assert.equal((await makePod(t, 'counted')).metadata.generation, 1)
    const steps: readonly (readonly [object, number])[] = [
      [{ metadata: { labels: { changed: 'yes' } } }, 1],
      [{ metadata: { annotations: { changed: 'yes' } } }, 1],
      [{ spec: { activeDeadlineSeconds: 5000 } }, 2],
      [{ spec: { tolerations: [{ key: 'example.com/any', operator: 'Exists', effect: 'NoSchedule' }] } }, 3],
      [{ spec: { containers: [{ name: 'idle', image: 'example.com/other:1' }] } }, 4],
    ]
    for (const [change, generation] of steps) {
      const { metadata } = await t.patch(path, 'strategic', change)
      assert.equal(metadata.generation, generation, JSON.stringify(change))
    }
  },
)
