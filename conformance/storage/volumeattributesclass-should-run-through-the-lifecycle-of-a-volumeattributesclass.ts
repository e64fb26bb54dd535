// Classes of attributes of volumes take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'VolumeAttributesClass should run through the lifecycle of a VolumeAttributesClass',
    since: '1.35',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttributesClass',
      plural: 'volumeattributesclasses',
      clusterScoped: true,
      make: () => ({ driverName: 'conformance.example.com', parameters: { iops: '1000' } }),
      patch: {},
    }),
)
