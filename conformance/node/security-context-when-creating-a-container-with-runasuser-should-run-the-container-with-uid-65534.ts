// A container runs as the user that it asks for.

import { behaviour } from '../behaviour.ts'
import { runsAs } from '../fixtures/users.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context When creating a container with runAsUser should run the container with uid 65534',
    since: '1.15',
    needs: ['pods'],
  },
  (t) => runsAs(t, { container: { runAsUser: 65534 } }, '65534:0'),
)
