// What drivers a node has takes every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'CSINodes CSI Conformance should run through the lifecycle of a csinode',
    since: '1.32',
    clusterScoped: true,
  },
  (t) => {
    const driver = { name: 'conformance.example.com', nodeID: 'node', topologyKeys: ['example.com/zone'] }
    return checkOperations(t, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      plural: 'csinodes',
      clusterScoped: true,
      make: () => ({ spec: { drivers: [driver] } }),
      patch: { spec: { drivers: [driver, { ...driver, name: 'other.example.com' }] } },
    })
  },
)
