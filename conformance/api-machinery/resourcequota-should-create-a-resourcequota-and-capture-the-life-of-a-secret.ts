// Secrets are counted while they are there.

import { behaviour } from '../behaviour.ts'
import { capturesLife } from '../fixtures/quota.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should create a ResourceQuota and capture the life of a secret.',
    since: '1.16',
  },
  (t) =>
    capturesLife(t, {
      resource: 'secrets',
      apiVersion: 'v1',
      plural: 'secrets',
      make: () => ({ stringData: { a: '1' } }),
    }),
)
