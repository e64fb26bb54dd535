// All containers of a pod run as the user and group that it asks for.

import { behaviour } from '../behaviour.ts'
import { runsAs } from '../fixtures/users.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context should support pod.Spec.SecurityContext.RunAsUser And pod.Spec.SecurityContext.RunAsGroup',
    since: '1.21',
    needs: ['pods'],
  },
  (t) => runsAs(t, { pod: { runAsUser: 1001, runAsGroup: 2002 } }, '1001:2002'),
)
