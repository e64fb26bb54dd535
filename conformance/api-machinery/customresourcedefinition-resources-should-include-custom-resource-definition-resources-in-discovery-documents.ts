// The group that definitions are in is in every document of discovery, with its version and the definitions.

import { behaviour } from '../behaviour.ts'
import { hasInDiscovery } from '../fixtures/discovery.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceDefinition resources should include custom resource definition resources in discovery documents',
    since: '1.16',
    clusterScoped: true,
  },
  (t) =>
    hasInDiscovery(t, 'apiextensions.k8s.io/v1', [
      { name: 'customresourcedefinitions', kind: 'CustomResourceDefinition' },
      { name: 'customresourcedefinitions/status', kind: 'CustomResourceDefinition' },
    ]),
)
