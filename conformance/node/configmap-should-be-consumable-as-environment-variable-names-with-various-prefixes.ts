// Names of variables from a config map may start with anything that can be printed, but not with "=".

import { behaviour } from '../behaviour.ts'
import { configMaps } from '../fixtures/data-volumes.ts'
import { hasAllKeys, prefixes } from '../fixtures/environment.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'ConfigMap should be consumable as environment variable names with various prefixes',
    since: '1.34',
    needs: ['pods'],
  },
  (t) => hasAllKeys(t, configMaps, 'configMapRef', prefixes),
)
