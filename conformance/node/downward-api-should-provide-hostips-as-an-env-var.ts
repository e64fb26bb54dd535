// The addresses of the node are a variable of a container.

import { behaviour } from '../behaviour.ts'
import { hasFields } from '../fixtures/environment.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Downward API should provide hostIPs as an env var', since: '1.32', needs: ['pods'] },
  (t) =>
    hasFields(t, { HOST_IPS: 'status.hostIPs' }, ({ status }) => ({
      HOST_IPS: status.hostIPs.map(({ ip }: { ip: string }) => ip).join(','),
    })),
)
