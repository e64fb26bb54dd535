// A container whose files are read only cannot write any.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { logOf, podEnded, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Kubelet when scheduling a read only busybox container should not write to root filesystem',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'echo test > /file || echo refused; cat /file 2>&1', {
      securityContext: { readOnlyRootFilesystem: true },
    })
    await t.post(t.path('v1', 'pods'), {
      metadata: { name: 'reads' },
      spec: { restartPolicy: 'Never', containers: [container] },
    })
    await podEnded(t, 'reads')
    const said = await logOf(t, 'reads')
    assert.match(said, /Read-only file system/)
    assert.match(said, /^refused$/m)
  },
)
