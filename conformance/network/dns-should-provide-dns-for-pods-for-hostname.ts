// A pod with a name of its own is found under it in its headless service.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isTold, makeResolver } from '../fixtures/names.ts'
import { makeServer } from '../fixtures/network.ts'
import { makeService } from '../fixtures/services.ts'
import { execIn } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'DNS should provide DNS for pods for Hostname', since: '1.15', needs: ['pods'] },
  async (t) => {
    const zone = await makeResolver(t)
    await makeService(t, 'headless', { clusterIP: 'None' })
    const { status } = await makeServer(t, 'one', {
      labels: { app: 'headless' },
      spec: { hostname: 'own', subdomain: 'headless' },
    })
    await isTold(t, `own.headless.${t.namespace}.svc.${zone}`, [status.podIP])
    const said = await execIn(t, 'one', 'hostname')
    assert.equal(said.trim(), 'own')
  },
)
