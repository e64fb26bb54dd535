// A container that could not start does when what hindered it is mended.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { cannotStart } from '../fixtures/cannot-start.ts'
import { logOf, podEnded, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should verify that a failing subpath expansion can be modified during the lifecycle of a container',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const volumeMounts = [
      { name: 'work', mountPath: '/sub', subPathExpr: '$(SUB)' },
      { name: 'work', mountPath: '/all' },
    ]
    const env = [{ name: 'SUB', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['mysubpath']" } } }]
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'work', emptyDir: {} }],
      containers: [shell(t, 'echo written > /sub/file; cat /all/mypath/file', { env, volumeMounts })],
    }
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'mended', annotations: { mysubpath: '/absolute' } }, spec })
    await cannotStart(t, 'mended')
    await t.patch(t.path('v1', 'pods', 'mended'), 'merge', { metadata: { annotations: { mysubpath: 'mypath' } } })
    const { status } = await podEnded(t, 'mended')
    assert.equal(status.phase, 'Succeeded')
    assert.equal(await logOf(t, 'mended'), 'written\n')
  },
)
