// All of the data are variables of a container, with words before their names.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Secrets should be consumable via the environment', since: '1.9', needs: ['pods'] },
  async (t) => {
    await t.post(t.path('v1', 'secrets'), {
      metadata: { name: 'data' },
      data: { one: Buffer.from('value-1').toString('base64'), 'not.a.name': Buffer.from('value-1').toString('base64') },
    })
    const envFrom = [{ secretRef: { name: 'data' } }, { prefix: 'p_', secretRef: { name: 'data' } }]
    const said = await outputOf(t, 'reader', { containers: [shell(t, 'env', { envFrom })] })
    for (const line of ['one=value-1', 'p_one=value-1']) assert.ok(said.split('\n').includes(line), said)
  },
)
