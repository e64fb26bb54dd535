// A controller is scaled down and up again, and has as many pods as it was told.

import { behaviour } from '../behaviour.ts'
import { countOfPods, makeReplicationController, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-cli', name: 'Kubectl client Update Demo should scale a replication controller', since: '1.9' },
  async (t) => {
    await makeReplicationController(t, 'demo', 2)
    await countOfPods(t, 'demo', 2)
    for (const count of [1, 2]) {
      await t.kubectl(['scale', 'rc', 'demo', `--replicas=${count}`, '--timeout=1m'])
      for (const { metadata } of await countOfPods(t, 'demo', count)) await podReady(t, metadata.name)
    }
  },
)
