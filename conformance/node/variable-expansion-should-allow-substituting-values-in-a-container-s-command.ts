// Variables of a container are put into its command.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Variable Expansion should allow substituting values in a container's command",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const env = [{ name: 'TEST_VAR', value: 'of a variable' }]
    const container = shell(t, '', { env, ...{ command: ['/bin/echo', '$(TEST_VAR)', '$$(TEST_VAR)', '$(NONE)'] } })
    assert.equal(await outputOf(t, 'expanded', { containers: [container] }), 'of a variable $(TEST_VAR) $(NONE)\n')
  },
)
