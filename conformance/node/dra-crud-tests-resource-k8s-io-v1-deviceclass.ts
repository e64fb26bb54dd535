// Classes of devices take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-node', name: '[DRA] CRUD Tests resource.k8s.io/v1 DeviceClass', since: '1.35', clusterScoped: true },
  (t) =>
    checkOperations(t, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceClass',
      plural: 'deviceclasses',
      clusterScoped: true,
      make: () => ({ spec: { selectors: [{ cel: { expression: 'device.driver == "example.com"' } }] } }),
      patch: { spec: { selectors: [{ cel: { expression: 'device.driver == "other.example.com"' } }] } },
    }),
)
