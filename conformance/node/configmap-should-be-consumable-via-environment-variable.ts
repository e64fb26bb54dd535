// One of the data is a variable of a container, under another name.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should be consumable via environment variable', since: '1.9', needs: ['pods'] },
  async (t) => {
    await t.post(t.path('v1', 'configmaps'), {
      metadata: { name: 'data' },
      data: { one: 'value-1', 'not.a.name': 'value-1' },
    })
    const env = [{ name: 'OWN', valueFrom: { configMapKeyRef: { name: 'data', key: 'one' } } }]
    assert.equal(await outputOf(t, 'reader', { containers: [shell(t, 'echo "$OWN"', { env })] }), 'value-1\n')
  },
)
