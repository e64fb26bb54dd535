// One key of a secret is a file by itself.

import { behaviour } from '../behaviour.ts'
import { showsSubPath } from '../fixtures/subpaths.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Subpath Atomic writer volumes should support subpaths with secret pod',
    since: '1.12',
    needs: ['pods'],
  },
  async (t) => {
    await t.post(t.path('v1', 'secrets'), { metadata: { name: 'keys' }, stringData: { key: 'of it', other: 'not it' } })
    await showsSubPath(t, { source: { secret: { secretName: 'keys' } }, subPath: 'key' }, 'of it')
  },
)
