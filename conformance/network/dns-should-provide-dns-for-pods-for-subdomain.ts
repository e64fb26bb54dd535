// A pod finds its own full name, which its subdomain is a part of, and so do others.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isTold, makeResolver } from '../fixtures/names.ts'
import { makeServer } from '../fixtures/network.ts'
import { makeService } from '../fixtures/services.ts'
import { execIn } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'DNS should provide DNS for pods for Subdomain', since: '1.15', needs: ['pods'] },
  async (t) => {
    const zone = await makeResolver(t)
    await makeService(t, 'subdomain', { clusterIP: 'None' })
    const { status } = await makeServer(t, 'one', {
      labels: { app: 'subdomain' },
      spec: { hostname: 'own', subdomain: 'subdomain' },
    })
    await isTold(t, `own.subdomain.${t.namespace}.svc.${zone}`, [status.podIP])
    await isTold(t, `subdomain.${t.namespace}.svc.${zone}`, [status.podIP])
    assert.match(
      await execIn(t, 'one', 'cat', '/etc/hosts'),
      new RegExp(`${status.podIP}\\s+own\\.subdomain\\.${t.namespace}\\.svc\\.${zone}\\s+own`),
    )
  },
)
