// What devices there are takes every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-node', name: '[DRA] CRUD Tests resource.k8s.io/v1 ResourceSlice', since: '1.35', clusterScoped: true },
  (t) =>
    checkOperations(t, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceSlice',
      plural: 'resourceslices',
      clusterScoped: true,
      make: (name) => ({
        spec: {
          driver: 'conformance.example.com',
          nodeName: name,
          pool: { name, generation: 1, resourceSliceCount: 1 },
          devices: [{ name: 'device' }],
        },
      }),
      patch: { spec: { devices: [{ name: 'device' }, { name: 'other' }] } },
    }),
)
