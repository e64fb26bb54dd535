// Attachments of volumes take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { attachmentOf } from '../fixtures/storage.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment',
    since: '1.30',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      plural: 'volumeattachments',
      clusterScoped: true,
      make: attachmentOf,
      patch: {},
    }),
)
