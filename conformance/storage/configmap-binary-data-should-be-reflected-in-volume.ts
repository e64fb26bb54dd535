// Bytes that are no text come into a file as they are, beside text.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'ConfigMap binary data should be reflected in volume',
    since: '1.12',
    needs: ['pods'],
  },
  async (t) => {
    const bytes = Buffer.from([0xde, 0xca, 0xfe, 0xba, 0xd0, 0xfe, 0xff, 0x00, 0x0a]).toString('base64')
    const text = 'text, and äöü'
    await t.post(t.path('v1', 'configmaps'), {
      metadata: { name: 'both' },
      data: { text },
      binaryData: { bytes },
    })
    const said = await outputOf(t, 'reader', {
      containers: [shell(t, 'base64 /volume/bytes; cat /volume/text', { volumeMounts: [mount('volume')] })],
      volumes: [{ name: 'volume', configMap: { name: 'both' } }],
    })
    assert.equal(said, `${bytes}\n${text}`)
  },
)
