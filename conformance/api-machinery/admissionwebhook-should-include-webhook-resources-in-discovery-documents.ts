// The group that webhook configurations are in is in every document of discovery, with its version and both kinds.

import { behaviour } from '../behaviour.ts'
import { hasInDiscovery } from '../fixtures/discovery.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should include webhook resources in discovery documents',
    since: '1.16',
    clusterScoped: true,
  },
  (t) =>
    hasInDiscovery(t, 'admissionregistration.k8s.io/v1', [
      { name: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' },
      { name: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration' },
    ]),
)
