// A key of a config map is a variable of a container.

import { behaviour } from '../behaviour.ts'
import { configMaps } from '../fixtures/data-volumes.ts'
import { hasKey } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should be consumable via environment variable', since: '1.9', needs: ['pods'] },
  (t) => hasKey(t, configMaps, 'configMapKeyRef'),
)
