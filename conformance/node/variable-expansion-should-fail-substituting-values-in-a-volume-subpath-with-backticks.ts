// A container does not start with a part of a volume that leads out of it.

import { behaviour } from '../behaviour.ts'
import { cannotStart } from '../fixtures/cannot-start.ts'
import { shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should fail substituting values in a volume subpath with backticks',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const volumeMounts = [
      { name: 'work', mountPath: '/sub', subPathExpr: '$(SUB)' },
      { name: 'work', mountPath: '/all' },
    ]
    const env = [{ name: 'SUB', value: '..' }]
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'work', emptyDir: {} }],
      containers: [shell(t, 'exit 0', { env, volumeMounts })],
    }
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'bad' }, spec })
    await cannotStart(t, 'bad')
  },
)
