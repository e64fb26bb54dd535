// Service accounts take every verb, are listed across namespaces, and are watched.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-auth', name: 'ServiceAccounts should run through the lifecycle of a ServiceAccount', since: '1.19' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      plural: 'serviceaccounts',
      make: () => ({ automountServiceAccountToken: true }),
      patch: { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'pull' }] },
    }),
)
