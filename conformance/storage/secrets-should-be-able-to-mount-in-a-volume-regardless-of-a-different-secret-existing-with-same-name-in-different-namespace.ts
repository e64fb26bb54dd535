// A pod gets the secret of its own namespace, whatever has the same name elsewhere.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { makeNamespace, within } from '../fixtures/namespaces.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Secrets should be able to mount in a volume regardless of a different secret existing with same name in different namespace',
    since: '1.12',
    needs: ['pods'],
  },
  async (t) => {
    const { metadata } = await makeNamespace(t)
    const elsewhere = within(t, metadata.name)
    const secret = (key: string): object => ({ metadata: { name: 'same' }, stringData: { key } })
    await elsewhere.post(elsewhere.path('v1', 'secrets'), secret('of elsewhere'))
    await t.post(t.path('v1', 'secrets'), secret('of here'))
    const said = await outputOf(t, 'reader', {
      containers: [shell(t, 'cat /volume/key', { volumeMounts: [mount('volume')] })],
      volumes: [{ name: 'volume', secret: { secretName: 'same' } }],
    })
    assert.equal(said, 'of here')
  },
)
