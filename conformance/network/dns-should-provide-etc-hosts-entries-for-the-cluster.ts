// A pod finds itself in its hosts file by its name, and by its full name where it has one.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeResolver } from '../fixtures/names.ts'
import { makeServer } from '../fixtures/network.ts'
import { makeService } from '../fixtures/services.ts'
import { execIn } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'DNS should provide /etc/hosts entries for the cluster',
    since: '1.14',
    needs: ['pods'],
  },
  async (t) => {
    const zone = await makeResolver(t)
    await makeService(t, 'sub', { clusterIP: 'None' })
    const { status } = await makeServer(t, 'one', { spec: { hostname: 'own', subdomain: 'sub' } })
    const lines = (await execIn(t, 'one', 'cat', '/etc/hosts')).split('\n').map((line) => line.split(/\s+/))
    const own = lines.find(([address]) => address === status.podIP)
    assert.deepEqual(own?.slice(1), [`own.sub.${t.namespace}.svc.${zone}`, 'own'])
    assert.ok(lines.some(([address, name]) => address === '127.0.0.1' && name === 'localhost'))
  },
)
