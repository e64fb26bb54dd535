// Data cannot stand under no name.

import { behaviour } from '../behaviour.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should fail to create ConfigMap with empty key', since: '1.14' },
  async (t) => {
    const path = t.path('v1', 'configmaps')
    const refusal = { code: 422, reason: 'Invalid' } as const
    await refused(t.post(path, { metadata: { name: 'nameless' }, data: { '': 'value' } }), refusal)
    await refused(t.post(path, { metadata: { name: 'nameless' }, binaryData: { '': 'AAAA' } }), refusal)
    await refused(t.get(`${path}/nameless`), { code: 404 })
  },
)
