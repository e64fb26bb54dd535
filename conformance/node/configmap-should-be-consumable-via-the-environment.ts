// All of the data are variables of a container, with words before their names.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should be consumable via the environment', since: '1.9', needs: ['pods'] },
  async (t) => {
    await t.post(t.path('v1', 'configmaps'), {
      metadata: { name: 'data' },
      data: { one: 'value-1', 'not.a.name': 'value-1' },
    })
    const envFrom = [{ configMapRef: { name: 'data' } }, { prefix: 'p_', configMapRef: { name: 'data' } }]
    const said = await outputOf(t, 'reader', { containers: [shell(t, 'env', { envFrom })] })
    for (const line of ['one=value-1', 'p_one=value-1']) assert.ok(said.split('\n').includes(line), said)
  },
)
