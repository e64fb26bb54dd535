// How often containers that end are started again, and what the pod then is, goes by its policy.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { shell, waiting } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Runtime blackbox test when starting a container that exits should run with the expected status',
    since: '1.13',
    needs: ['pods'],
    timeoutMs: 180_000,
  },
  async (t) => {
    // Fails, then ends well, then runs on.
    const script = `echo . >> /volume/starts; case $(wc -l < /volume/starts) in 1) exit 1 ;; 2) exit 0 ;; esac; ${waiting}`
    const cases = [
      { restartPolicy: 'Always', phase: 'Running', restartCount: 2, ready: true, state: 'running' },
      { restartPolicy: 'OnFailure', phase: 'Succeeded', restartCount: 1, ready: false, state: 'terminated' },
      { restartPolicy: 'Never', phase: 'Failed', restartCount: 0, ready: false, state: 'terminated' },
    ]
    for (const { restartPolicy } of cases)
      await t.post(t.path('v1', 'pods'), {
        metadata: { name: restartPolicy.toLowerCase() },
        spec: {
          restartPolicy,
          terminationGracePeriodSeconds: 0,
          containers: [shell(t, script, { volumeMounts: [mount('volume')] })],
          volumes: [{ name: 'volume', emptyDir: {} }],
        },
      })
    const observe = async (restartPolicy: string) => {
      const { status } = await t.get(t.path('v1', 'pods', restartPolicy.toLowerCase()))
      const [{ restartCount, ready, state }] = status.containerStatuses
      return { restartPolicy, phase: status.phase, restartCount, ready, state: Object.keys(state)[0] }
    }
    for (const expected of cases)
      await t.eventually(
        `a pod of the policy ${expected.restartPolicy} is what it is to be`,
        async () => {
          assert.deepEqual(await observe(expected.restartPolicy), expected)
          return true
        },
        { timeoutMs: 90_000 },
      )
  },
)
