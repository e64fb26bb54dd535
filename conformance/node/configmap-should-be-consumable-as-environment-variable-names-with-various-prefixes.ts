// Whatever can be printed may stand before the names, but an equals sign.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { refused } from '../fixtures/refused.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'ConfigMap should be consumable as environment variable names with various prefixes',
    since: '1.34',
    needs: ['pods'],
  },
  async (t) => {
    await t.post(t.path('v1', 'configmaps'), {
      metadata: { name: 'data' },
      data: { one: 'value-1', 'not.a.name': 'value-1' },
    })
    const prefixes = ['1st_', '#$_', 'a.b-', 'x/y:']
    const envFrom = prefixes.map((prefix) => ({ prefix, configMapRef: { name: 'data' } }))
    const said = await outputOf(t, 'reader', { containers: [{ ...shell(t, ''), command: ['env'], envFrom }] })
    for (const prefix of prefixes) assert.ok(said.split('\n').includes(`${prefix}one=value-1`), said)
    const bad = { containers: [shell(t, 'env', { envFrom: [{ prefix: 'a=b', configMapRef: { name: 'data' } }] })] }
    await refused(t.post(t.path('v1', 'pods'), { metadata: { name: 'bad' }, spec: bad }), {
      code: 422,
      reason: 'Invalid',
    })
  },
)
