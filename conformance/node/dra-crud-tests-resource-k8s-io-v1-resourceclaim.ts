// Claims of devices take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-node', name: '[DRA] CRUD Tests resource.k8s.io/v1 ResourceClaim', since: '1.35' },
  (t) => {
    const result = (device: string) => ({ request: 'one', driver: 'conformance.example.com', pool: 'pool', device })
    return checkOperations(t, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      plural: 'resourceclaims',
      make: () => ({ spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'nobody' } }] } } }),
      patch: {},
      // What is allocated stays.
      status: [
        { allocation: { devices: { results: [result('d')] } } },
        { allocation: { devices: { results: [result('d')] } } },
      ],
    })
  },
)
