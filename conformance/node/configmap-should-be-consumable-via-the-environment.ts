// All keys of a config map are variables of a container.

import { behaviour } from '../behaviour.ts'
import { configMaps } from '../fixtures/data-volumes.ts'
import { hasAllKeys } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should be consumable via the environment', since: '1.9', needs: ['pods'] },
  (t) => hasAllKeys(t, configMaps, 'configMapRef', ['', 'p_']),
)
