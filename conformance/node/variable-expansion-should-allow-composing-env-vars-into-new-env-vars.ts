// Variables may be put together from those before them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { environmentOf } from '../fixtures/environment.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should allow composing env vars into new env vars',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const found = await environmentOf(t, {
      env: [
        { name: 'FOO', value: 'foo-value' },
        { name: 'BAR', value: 'bar-value' },
        { name: 'FOOBAR', value: '$(FOO);;$(BAR);;$$(FOO);;$(LATER)' },
        { name: 'LATER', value: 'too late' },
      ],
    })
    assert.equal(found.FOOBAR, 'foo-value;;bar-value;;$(FOO);;$(LATER)')
  },
)
