// Root writes a file of mode 0777 into a folder in memory.

import { behaviour } from '../behaviour.ts'
import { checkEmptyDir } from '../fixtures/empty-dirs.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'EmptyDir volumes should support (root,0777,tmpfs)', since: '1.9', needs: ['pods'] },
  (t) => checkEmptyDir(t, { medium: 'tmpfs' }, '0777'),
)
