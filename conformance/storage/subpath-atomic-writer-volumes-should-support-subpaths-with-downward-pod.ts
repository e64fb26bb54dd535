// One field of the pod is a file by itself.

import { behaviour } from '../behaviour.ts'
import { showsSubPath } from '../fixtures/subpaths.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Subpath Atomic writer volumes should support subpaths with downward pod',
    since: '1.12',
    needs: ['pods'],
  },
  (t) => {
    const items = [{ path: 'downward/name', fieldRef: { fieldPath: 'metadata.name' } }]
    return showsSubPath(t, { source: { downwardAPI: { items } }, subPath: 'downward/name' }, 'reader')
  },
)
