// What is written into an expanded part of a volume is in the volume.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { logOf, podEnded } from '../fixtures/shell.ts'
import { expandedPod } from '../fixtures/subpath-expressions.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should succeed in writing subpaths in container',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const annotations = { mysubpath: 'mypath/foo' }
    const script = 'echo written > /part/test.log && cat /whole/mypath/foo/test.log'
    await t.post(t.path('v1', 'pods'), expandedPod(t, script, '$(FROM_ANNOTATION)', { annotations }))
    const { status } = await podEnded(t, 'expanded')
    const said = await logOf(t, 'expanded')
    assert.equal(status.phase, 'Succeeded', said)
    assert.equal(said, 'written\n')
  },
)
