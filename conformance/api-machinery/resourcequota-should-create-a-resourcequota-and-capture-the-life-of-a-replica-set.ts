// Replica sets are counted as objects of their group.

import { behaviour } from '../behaviour.ts'
import { capturesLife } from '../fixtures/quota.ts'
import { idleTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should create a ResourceQuota and capture the life of a replica set.',
    since: '1.16',
  },
  (t) =>
    capturesLife(t, {
      resource: 'count/replicasets.apps',
      apiVersion: 'apps/v1',
      plural: 'replicasets',
      make: (name) => ({
        spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: idleTemplate(t, { app: name }) },
      }),
    }),
)
