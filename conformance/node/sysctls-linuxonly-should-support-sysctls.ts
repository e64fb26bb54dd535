// A container sees a setting of the kernel that its pod has asked for.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Sysctls [LinuxOnly] should support sysctls', since: '1.21', needs: ['pods'] },
  async (t) => {
    const spec = {
      securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
      containers: [shell(t, 'cat /proc/sys/kernel/shm_rmid_forced')],
    }
    assert.equal(await outputOf(t, 'set', spec), '1\n')
  },
)
