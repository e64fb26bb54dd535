// One volume has a config map, a secret and fields of the pod together.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected combined should project all components that make up the projection API',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await t.post(t.path('v1', 'configmaps'), { metadata: { name: 'settings' }, data: { 'from-config-map': 'one' } })
    await t.post(t.path('v1', 'secrets'), { metadata: { name: 'keys' }, stringData: { 'from-secret': 'two' } })
    const sources = [
      { configMap: { name: 'settings' } },
      { secret: { name: 'keys', items: [{ key: 'from-secret', path: 'deeper/secret' }] } },
      { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ]
    const tell = 'cd /all; ls; for file in from-config-map deeper/secret name; do cat $file; echo; done'
    const said = await outputOf(t, 'combined', {
      containers: [shell(t, tell, { volumeMounts: [mount('all')] })],
      volumes: [{ name: 'all', projected: { sources } }],
    })
    assert.deepEqual(said.trim().split('\n'), ['deeper', 'from-config-map', 'name', 'one', 'two', 'combined'])
  },
)
