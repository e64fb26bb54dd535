// The uid of the pod is a variable of a container.

import { behaviour } from '../behaviour.ts'
import { hasFields } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Downward API should provide pod UID as env vars', since: '1.9', needs: ['pods'] },
  (t) => hasFields(t, { UID: 'metadata.uid' }, ({ metadata }) => ({ UID: metadata.uid })),
)
