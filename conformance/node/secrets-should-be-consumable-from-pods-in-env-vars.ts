// A key of a secret is a variable of a container.

import { behaviour } from '../behaviour.ts'
import { secrets } from '../fixtures/data-volumes.ts'
import { hasKey } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Secrets should be consumable from pods in env vars', since: '1.9', needs: ['pods'] },
  (t) => hasKey(t, secrets, 'secretKeyRef'),
)
