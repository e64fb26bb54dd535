// Ranges of limits are listed across namespaces by a label, patched, and deleted as a collection.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'LimitRange should list, patch and delete a LimitRange by collection',
    since: '1.26',
  },
  (t) => {
    const item = {
      type: 'Container',
      min: { cpu: '50m' },
      max: { cpu: '500m' },
      default: { cpu: '500m' },
      defaultRequest: { cpu: '50m' },
    }
    return checkOperations(t, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      plural: 'limitranges',
      make: () => ({ spec: { limits: [item] } }),
      patch: { spec: { limits: [{ ...item, min: { cpu: '40m' }, defaultRequest: { cpu: '40m' } }] } },
    })
  },
)
