// Templates of claims take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-node', name: '[DRA] CRUD Tests resource.k8s.io/v1 ResourceClaimTemplate', since: '1.35' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      plural: 'resourceclaimtemplates',
      make: () => ({
        spec: { spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'nobody' } }] } } },
      }),
      patch: {},
    }),
)
