// All keys of a secret are variables of a container.

import { behaviour } from '../behaviour.ts'
import { secrets } from '../fixtures/data-volumes.ts'
import { hasAllKeys } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Secrets should be consumable via the environment', since: '1.9', needs: ['pods'] },
  (t) => hasAllKeys(t, secrets, 'secretRef', ['', 'p_']),
)
