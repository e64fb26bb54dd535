// A pod asks whom it was told to ask, for what it was told to add.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'DNS should support configurable pod DNS nameservers', since: '1.17', needs: ['pods'] },
  async (t) => {
    const dnsConfig = {
      nameservers: ['192.0.2.53'],
      searches: ['resolv.conf.local'],
      options: [{ name: 'ndots', value: '2' }],
    }
    const spec = { dnsPolicy: 'None', dnsConfig, containers: [shell(t, 'cat /etc/resolv.conf')] }
    const lines = (await outputOf(t, 'asks', spec)).split('\n')
    for (const line of ['nameserver 192.0.2.53', 'search resolv.conf.local', 'options ndots:2'])
      assert.ok(lines.includes(line), lines.join('\n'))
    assert.equal(lines.filter((line) => line.startsWith('nameserver')).length, 1)
  },
)
