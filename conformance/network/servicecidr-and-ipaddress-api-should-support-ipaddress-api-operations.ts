// Addresses take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'ServiceCIDR and IPAddress API should support IPAddress API operations',
    since: '1.34',
    clusterScoped: true,
  },
  (t) => {
    const address = () => `2001:db8:1::${(1 + Math.floor(t.random.next() * 0xfffe)).toString(16)}`
    return checkOperations(t, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      plural: 'ipaddresses',
      clusterScoped: true,
      name: address,
      make: () => ({ spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } } }),
      patch: {},
    })
  },
)
