// EndpointSlices take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'EndpointSlice should support creating EndpointSlice API operations', since: '1.21' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      plural: 'endpointslices',
      make: () => ({
        addressType: 'IPv4',
        endpoints: [{ addresses: ['192.0.2.1', '192.0.2.2'], conditions: { ready: true } }],
        ports: [{ name: 'web', port: 80, protocol: 'TCP' }],
      }),
      patch: { endpoints: [{ addresses: ['192.0.2.3'], conditions: { ready: false } }] },
    }),
)
