// A root that is only to be read cannot be written.

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
    const script = 'echo no > /file; echo ended with $?; ls /file'
    const container = shell(t, script, { securityContext: { readOnlyRootFilesystem: true } })
    const pod = { metadata: { name: 'reader' }, spec: { restartPolicy: 'Never', containers: [container] } }
    await t.post(t.path('v1', 'pods'), pod)
    assert.equal((await podEnded(t, 'reader')).status.phase, 'Failed')
    const said = await logOf(t, 'reader')
    assert.match(said, /Read-only file system/)
    assert.match(said, /ended with [1-9]/)
  },
)
