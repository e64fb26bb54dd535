// Who is not privileged cannot make a network device.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { saidAs, statusLine } from '../fixtures/users.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context When creating a pod with privileged should run the container as unprivileged when false',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const said = await saidAs(t, 'ip link add dummy0 type dummy; echo ended with $?', {
      container: { privileged: false },
    })
    assert.match(said, /ended with [1-9]/)
    await t.delete(t.path('v1', 'pods', 'teller'), { gracePeriodSeconds: 0 })
    const held = Number.parseInt((await statusLine(t, 'CapEff', { container: { privileged: false } })) ?? '', 16)
    // CAP_SYS_ADMIN and CAP_NET_ADMIN.
    assert.equal(held & ((1 << 21) | (1 << 12)), 0)
  },
)
