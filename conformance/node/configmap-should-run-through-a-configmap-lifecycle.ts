// ConfigMaps take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should run through a ConfigMap lifecycle', since: '1.19' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      plural: 'configmaps',
      make: () => ({ data: { valueName: 'value' } }),
      patch: { data: { valueName: 'value1' } },
    }),
)
