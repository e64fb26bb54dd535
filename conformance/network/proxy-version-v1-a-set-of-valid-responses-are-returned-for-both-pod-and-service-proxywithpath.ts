// A request of any method, with a path of its own, reaches a pod and a service through the server.

import { behaviour } from '../behaviour.ts'
import { isEchoed, makeEcho, methods } from '../fixtures/echo.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Proxy version v1 A set of valid responses are returned for both pod and service ProxyWithPath',
    since: '1.21',
    needs: ['pods'],
  },
  async (t) => {
    for (const proxy of await makeEcho(t))
      for (const method of methods) await isEchoed(t, method, [proxy, `/some/path/with/${method}`])
  },
)
