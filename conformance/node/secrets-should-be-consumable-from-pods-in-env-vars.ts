// One of the data is a variable of a container, under another name.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Secrets should be consumable from pods in env vars', since: '1.9', needs: ['pods'] },
  async (t) => {
    await t.post(t.path('v1', 'secrets'), {
      metadata: { name: 'data' },
      data: { one: Buffer.from('value-1').toString('base64'), 'not.a.name': Buffer.from('value-1').toString('base64') },
    })
    const env = [{ name: 'OWN', valueFrom: { secretKeyRef: { name: 'data', key: 'one' } } }]
    assert.equal(await outputOf(t, 'reader', { containers: [shell(t, 'echo "$OWN"', { env })] }), 'value-1\n')
  },
)
