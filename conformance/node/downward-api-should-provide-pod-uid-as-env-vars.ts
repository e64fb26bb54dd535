// A container knows which pod it is in.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Downward API should provide pod UID as env vars', since: '1.9', needs: ['pods'] },
  async (t) => {
    const env = [{ name: 'POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }]
    const said = await outputOf(t, 'told', { containers: [shell(t, 'env', { env })] })
    const value = Object.fromEntries(said.split('\n').map((line) => line.split('=')))
    const pod = await t.get(t.path('v1', 'pods', 'told'))
    assert.equal(value.POD_UID, pod.metadata.uid)
  },
)
