// Taints of devices take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: '[DRA] CRUD Tests resource.k8s.io/v1 DeviceTaintRule',
    since: '1.37',
    clusterScoped: true,
  },
  (t) => {
    const because = (reason: string) => timedCondition(t, 'EvictionInProgress', { status: 'False', reason })
    return checkOperations(t, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceTaintRule',
      plural: 'devicetaintrules',
      clusterScoped: true,
      make: () => ({
        spec: {
          deviceSelector: { driver: 'conformance.example.com' },
          taint: { key: 'example.com/taint', effect: 'NoSchedule' },
        },
      }),
      patch: { spec: { taint: { value: 'patched' } } },
      status: [{ conditions: [because('Patched')] }, { conditions: [because('Updated')] }],
    })
  },
)
