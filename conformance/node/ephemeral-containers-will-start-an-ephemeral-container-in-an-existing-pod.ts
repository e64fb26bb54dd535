// A container that is added to a pod runs beside the others, and says what it was to say.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { logOf, shell, waiting } from '../fixtures/shell.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Ephemeral Containers will start an ephemeral container in an existing pod',
    since: '1.25',
    needs: ['pods'],
  },
  async (t) => {
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'debugged' }, spec: { containers: [shell(t, waiting)] } })
    await podReady(t, 'debugged')
    await t.patch(t.path('v1', 'pods', 'debugged', 'ephemeralcontainers'), 'strategic', {
      spec: { ephemeralContainers: [{ ...shell(t, 'echo polo'), name: 'debugger', stdin: true, tty: true }] },
    })
    await t.eventually('it has spoken', async () =>
      (await logOf(t, 'debugged', { container: 'debugger' })).includes('polo'),
    )
    const { spec } = await t.get(t.path('v1', 'pods', 'debugged'))
    assert.equal(spec.ephemeralContainers[0].name, 'debugger')
  },
)
