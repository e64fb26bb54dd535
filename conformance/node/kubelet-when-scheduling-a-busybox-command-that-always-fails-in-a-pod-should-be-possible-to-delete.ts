// A pod whose container fails each time can be deleted.

import { behaviour } from '../behaviour.ts'
import { makeEnding } from '../fixtures/ending.ts'
import { isGone } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Kubelet when scheduling a busybox command that always fails in a pod should be possible to delete',
    since: '1.13',
  },
  async (t) => {
    await makeEnding(t, 'fails', { restartPolicy: 'Always', app: { app: 1 } })
    await t.eventually('it has failed', async () => {
      const [status] = (await t.get(t.path('v1', 'pods', 'fails'))).status.containerStatuses
      return status.restartCount > 0
    })
    await t.delete(t.path('v1', 'pods', 'fails'))
    await isGone(t, t.path('v1', 'pods', 'fails'))
  },
)
