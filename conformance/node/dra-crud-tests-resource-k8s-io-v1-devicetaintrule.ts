// Taints of devices take every verb, and have a status of their own.

import { formatTime } from '#lib/clock.ts'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: '[DRA] CRUD Tests resource.k8s.io/v1 DeviceTaintRule',
    since: '1.37',
    clusterScoped: true,
  },
  (t) => {
    const condition = (reason: string) => ({
      type: 'EvictionInProgress',
      status: 'False',
      reason,
      message: 'Set by a test',
      lastTransitionTime: formatTime(t.clock.now()),
    })
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
      status: [{ conditions: [condition('Patched')] }, { conditions: [condition('Updated')] }],
    })
  },
)
