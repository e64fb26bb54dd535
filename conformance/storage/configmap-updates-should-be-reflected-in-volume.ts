// The files of a config map become what it says now, while the pod runs.

import { behaviour } from '../behaviour.ts'
import { configMaps, followsUpdates } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'ConfigMap updates should be reflected in volume', since: '1.9', needs: ['pods'] },
  (t) => followsUpdates(t, configMaps),
)
