// A secret and a config map are volumes of one pod, each with what is its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'EmptyDir wrapper volumes should not conflict', since: '1.13', needs: ['pods'] },
  async (t) => {
    await t.post(t.path('v1', 'secrets'), { metadata: { name: 'same' }, stringData: { key: 'of the secret' } })
    await t.post(t.path('v1', 'configmaps'), { metadata: { name: 'same' }, data: { key: 'of the config map' } })
    const said = await outputOf(t, 'reader', {
      containers: [
        shell(t, 'cat /first/key; echo; cat /second/key', { volumeMounts: [mount('first'), mount('second')] }),
      ],
      volumes: [
        { name: 'first', secret: { secretName: 'same' } },
        { name: 'second', configMap: { name: 'same' } },
      ],
    })
    assert.equal(said, 'of the secret\nof the config map')
  },
)
