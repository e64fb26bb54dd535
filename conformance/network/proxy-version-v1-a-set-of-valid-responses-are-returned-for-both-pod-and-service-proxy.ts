// A request of any method reaches the root of a pod and of a service through the server; who only reads is first sent to
// where the root's own links lead to the right place.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isEchoed, makeEcho, methods } from '../fixtures/echo.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Proxy version v1 A set of valid responses are returned for both pod and service Proxy',
    since: '1.24',
    needs: ['pods'],
  },
  async (t) => {
    for (const proxy of await makeEcho(t))
      for (const method of methods) {
        const query = { method }
        if (method !== 'GET' && method !== 'HEAD') await isEchoed(t, method, [proxy, ''], { query })
        else {
          const { status, headers } = await t.request(method, proxy, { query })
          const target = new URL(headers.location ?? '', t.server.url)
          assert.deepEqual([status, target.pathname, target.search], [301, `${proxy}/`, `?method=${method}`])
          await isEchoed(t, method, [proxy, '/'], { query })
        }
      }
  },
)
