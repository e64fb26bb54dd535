// Settings of the kernel that cannot be are refused, all of them, and those that can are not.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Sysctls [LinuxOnly] should reject invalid sysctls', since: '1.21' },
  async (t) => {
    const names = ['foo-', 'kernel.shmmax', 'safe-and-unsafe', 'bar..']
    const sysctls = names.map((name) => ({ name, value: '100000000' }))
    const { body } = await refused(makePod(t, 'odd', { securityContext: { sysctls } }), {
      code: 422,
      reason: 'Invalid',
    })
    const fields = body.details?.causes?.map(({ field }: Json) => field)
    assert.deepEqual(fields, ['spec.securityContext.sysctls[0].name', 'spec.securityContext.sysctls[3].name'])
  },
)
