// The address of the node is a variable of a container.

import { behaviour } from '../behaviour.ts'
import { hasFields } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Downward API should provide host IP as an env var', since: '1.9', needs: ['pods'] },
  (t) => hasFields(t, { HOST_IP: 'status.hostIP' }, ({ status }) => ({ HOST_IP: status.hostIP })),
)
