// Variables are made of others that stand before them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should allow composing env vars into new env vars',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const env = [
      { name: 'FOO', value: 'foo-value' },
      { name: 'BAR', value: 'bar-value' },
      { name: 'FOOBAR', value: '$(FOO);;$(BAR)' },
    ]
    const said = await outputOf(t, 'made', { containers: [shell(t, 'env', { env })] })
    assert.ok(said.split('\n').includes('FOOBAR=foo-value;;bar-value'), said)
  },
)
