// A pod whose part of a volume cannot be named starts when what it is named by has been mended.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { logOf, podEnded } from '../fixtures/shell.ts'
import { cannotBeMade, expandedPod } from '../fixtures/subpath-expressions.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Variable Expansion should verify that a failing subpath expansion can be modified during the lifecycle of a container',
    since: '1.19',
    needs: ['pods'],
    timeoutMs: 240_000,
  },
  async (t) => {
    const annotations = { mysubpath: '/tmp' }
    await t.post(
      t.path('v1', 'pods'),
      expandedPod(t, 'echo ok > /part/file && cat /whole/mypath/file', '$(FROM_ANNOTATION)', { annotations }),
    )
    const { metadata } = await cannotBeMade(t)
    const path = t.path('v1', 'pods', 'expanded')
    await t.patch(path, 'merge', { metadata: { annotations: { mysubpath: 'mypath' } } })
    const ended = await podEnded(t, 'expanded', { timeoutMs: 180_000 })
    assert.deepEqual([ended.status.phase, ended.metadata.uid], ['Succeeded', metadata.uid])
    assert.equal(await logOf(t, 'expanded'), 'ok\n')
  },
)
