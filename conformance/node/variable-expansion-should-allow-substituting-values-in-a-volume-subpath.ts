// A variable is the part of a volume that a container sees.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should allow substituting values in a volume subpath',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const volumeMounts = [
      { name: 'work', mountPath: '/sub', subPathExpr: '$(SUB)' },
      { name: 'work', mountPath: '/all' },
    ]
    const env = [{ name: 'SUB', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'work', emptyDir: {} }],
      containers: [shell(t, 'echo written > /sub/file; cat /all/made/file', { env, volumeMounts })],
    }
    assert.equal(await outputOf(t, 'made', spec), 'written\n')
  },
)
