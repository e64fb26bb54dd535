// Anybody may do anything in a folder in memory.

import { behaviour } from '../behaviour.ts'
import { checkEmptyDir } from '../fixtures/empty-dirs.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'EmptyDir volumes volume on tmpfs should have the correct mode',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => checkEmptyDir(t, { medium: 'tmpfs' }, '0644'),
)
