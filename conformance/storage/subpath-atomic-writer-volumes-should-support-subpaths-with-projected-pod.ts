// One file of a projected volume is a file by itself.

import { behaviour } from '../behaviour.ts'
import { showsSubPath } from '../fixtures/subpaths.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Subpath Atomic writer volumes should support subpaths with projected pod',
    since: '1.12',
    needs: ['pods'],
  },
  (t) => {
    const items = [{ path: 'projected/name', fieldRef: { fieldPath: 'metadata.name' } }]
    const source = { projected: { sources: [{ downwardAPI: { items } }] } }
    return showsSubPath(t, { source, subPath: 'projected/name' }, 'reader')
  },
)
