// One key of a config map is a file by itself, over one that is there.

import { behaviour } from '../behaviour.ts'
import { configMapSubPath } from '../fixtures/subpaths.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Subpath Atomic writer volumes should support subpaths with configmap pod with mountPath of existing file',
    since: '1.12',
    needs: ['pods'],
  },
  (t) => configMapSubPath(t, '/etc/resolv.conf'),
)
