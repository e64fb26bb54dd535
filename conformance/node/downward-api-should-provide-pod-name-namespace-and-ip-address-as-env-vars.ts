// Where and what the pod is are variables of a container.

import { behaviour } from '../behaviour.ts'
import { hasFields } from '../fixtures/environment.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Downward API should provide pod name, namespace and IP address as env vars',
    since: '1.9',
    needs: ['pods'],
  },
  (t) =>
    hasFields(
      t,
      { NAME: 'metadata.name', NAMESPACE: 'metadata.namespace', IP: 'status.podIP' },
      ({ metadata, status }) => ({ NAME: metadata.name, NAMESPACE: metadata.namespace, IP: status.podIP }),
    ),
)
