// Another user than root writes a file of mode 0644 into a folder in memory.

import { behaviour } from '../behaviour.ts'
import { checkEmptyDir } from '../fixtures/empty-dirs.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'EmptyDir volumes should support (non-root,0644,tmpfs)',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => checkEmptyDir(t, { medium: 'tmpfs', user: 1001 }, '0644'),
)
