// The part of a volume that a container sees may be named by its variables.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { logOf, podEnded } from '../fixtures/shell.ts'
import { expandedPod } from '../fixtures/subpath-expressions.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should allow substituting values in a volume subpath',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    await t.post(t.path('v1', 'pods'), expandedPod(t, 'touch /part/file && ls /whole /whole/expanded', '$(POD_NAME)'))
    const { status } = await podEnded(t, 'expanded')
    const said = await logOf(t, 'expanded')
    assert.equal(status.phase, 'Succeeded', said)
    assert.equal(said, '/whole:\nexpanded\n\n/whole/expanded:\nfile\n')
  },
)
