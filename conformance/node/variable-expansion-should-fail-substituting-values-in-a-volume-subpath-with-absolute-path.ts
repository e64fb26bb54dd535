// A part of a volume cannot be named from the root.

import { behaviour } from '../behaviour.ts'
import { cannotBeMade, expandedPod } from '../fixtures/subpath-expressions.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should fail substituting values in a volume subpath with absolute path',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const annotations = { mysubpath: '/tmp' }
    await t.post(t.path('v1', 'pods'), expandedPod(t, 'true', '$(FROM_ANNOTATION)', { annotations }))
    await cannotBeMade(t)
  },
)
