// IngressClasses take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'IngressClass API should support creating IngressClass API operations',
    since: '1.19',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      plural: 'ingressclasses',
      clusterScoped: true,
      make: () => ({ spec: { controller: 'example.com/controller' } }),
      patch: { spec: { parameters: { apiGroup: 'example.com', kind: 'Parameters', name: 'some', scope: 'Cluster' } } },
    }),
)
