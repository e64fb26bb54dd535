// Variables stand in arguments.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Variable Expansion should allow substituting values in a container's args",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const container = {
      name: 'shell',
      image: t.image,
      command: ['/bin/sh', '-c'],
      args: ['TEST_VAR=wrong echo "$(TEST_VAR)"'],
      env: [{ name: 'TEST_VAR', value: 'test-value' }],
    }
    assert.equal(await outputOf(t, 'made', { containers: [container] }), 'test-value\n')
  },
)
