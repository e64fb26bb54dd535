// What a container says of user and group goes over what the pod says.

import { behaviour } from '../behaviour.ts'
import { runsAs } from '../fixtures/users.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context should support container.SecurityContext.RunAsUser And container.SecurityContext.RunAsGroup',
    since: '1.21',
    needs: ['pods'],
  },
  (t) =>
    runsAs(t, { pod: { runAsUser: 1, runAsGroup: 2 }, container: { runAsUser: 1001, runAsGroup: 2002 } }, '1001:2002'),
)
