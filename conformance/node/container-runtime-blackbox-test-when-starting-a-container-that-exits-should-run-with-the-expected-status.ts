// A container that fails once is tried again where its pod says so, and runs, has ended well or has failed.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { shell } from '../fixtures/shell.ts'

const cases: readonly (readonly [string, string, string, number])[] = [
  ['Always', 'exec sleep 1000', 'Running', 1],
  ['OnFailure', 'exit 0', 'Succeeded', 1],
  ['Never', 'exit 0', 'Failed', 0],
]

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test when starting a container that exits should run with the expected status',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    for (const [restartPolicy, then, phase, restartCount] of cases) {
      const name = restartPolicy.toLowerCase()
      const script = `if [ -e /own/once ]; then ${then}; fi; echo > /own/once; exit 1`
      const containers = [shell(t, script, { volumeMounts: [{ name: 'own', mountPath: '/own' }] })]
      const spec = {
        restartPolicy,
        terminationGracePeriodSeconds: 0,
        containers,
        volumes: [{ name: 'own', emptyDir: {} }],
      }
      await t.post(t.path('v1', 'pods'), { metadata: { name }, spec })
      const { status } = await t.eventually(`the pod ${name} is ${phase}`, async () => {
        const pod = await t.get(t.path('v1', 'pods', name))
        const [container] = pod.status.containerStatuses ?? []
        return pod.status.phase === phase && container?.restartCount === restartCount && pod
      })
      const [container] = status.containerStatuses
      assert.equal(container.ready, phase === 'Running')
    }
  },
)
