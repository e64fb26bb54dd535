// A secret cannot have data under no name.

import { behaviour } from '../behaviour.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Secrets should fail to create secret due to empty secret key', since: '1.15' },
  async (t) => {
    const path = t.path('v1', 'secrets')
    await refused(t.post(path, { metadata: { name: 'nameless' }, data: { '': 'dmFsdWU=' } }), {
      code: 422,
      reason: 'Invalid',
    })
    await refused(t.get(`${path}/nameless`), { code: 404 })
  },
)
