// What is written to a volume is seen in the part of it that an annotation names.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should succeed in writing subpaths in container',
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
      containers: [shell(t, 'echo written > /all/mypath/file; cat /sub/file', { env, volumeMounts })],
    }
    assert.equal(await outputOf(t, 'made', spec, { annotations: { mysubpath: 'mypath' } }), 'written\n')
  },
)
