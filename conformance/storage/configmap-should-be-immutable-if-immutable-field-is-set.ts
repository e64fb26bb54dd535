// What is declared not to change does not, and cannot be declared otherwise.

import { behaviour } from '../behaviour.ts'
import { isImmutable } from '../fixtures/immutable.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'ConfigMap should be immutable if `immutable` field is set', since: '1.21' },
  (t) => isImmutable(t, 'configmaps', 'other'),
)
