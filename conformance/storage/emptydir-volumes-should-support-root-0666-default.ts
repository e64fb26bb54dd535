// Root writes a file of mode 0666 into a folder on the disk of the node.

import { behaviour } from '../behaviour.ts'
import { checkEmptyDir } from '../fixtures/empty-dirs.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'EmptyDir volumes should support (root,0666,default)', since: '1.9', needs: ['pods'] },
  (t) => checkEmptyDir(t, { medium: 'default' }, '0666'),
)
