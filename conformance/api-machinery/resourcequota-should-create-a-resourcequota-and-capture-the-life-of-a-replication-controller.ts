// Replication controllers are counted while they are there.

import { behaviour } from '../behaviour.ts'
import { capturesLife } from '../fixtures/quota.ts'
import { idleTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should create a ResourceQuota and capture the life of a replication controller.',
    since: '1.16',
  },
  (t) =>
    capturesLife(t, {
      resource: 'replicationcontrollers',
      apiVersion: 'v1',
      plural: 'replicationcontrollers',
      make: (name) => ({ spec: { replicas: 0, selector: { app: name }, template: idleTemplate(t, { app: name }) } }),
    }),
)
