// Anybody may do anything in a folder on the disk of the node.

import { behaviour } from '../behaviour.ts'
import { checkEmptyDir } from '../fixtures/empty-dirs.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'EmptyDir volumes volume on default medium should have the correct mode',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => checkEmptyDir(t, { medium: 'default' }, '0644'),
)
