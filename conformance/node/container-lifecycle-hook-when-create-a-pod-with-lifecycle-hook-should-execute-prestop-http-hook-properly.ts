// Somebody is asked over HTTP when a container is to end.

import { behaviour } from '../behaviour.ts'
import { makeHandler, makeHooked } from '../fixtures/listeners.ts'
import { waiting } from '../fixtures/shell.ts'
import { isGone, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute prestop http hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const handler = await makeHandler(t)
    const httpGet = { host: handler.ip, port: 8080, path: '/echo?msg=prestop' }
    await makeHooked(t, { preStop: { httpGet } }, waiting)
    await podReady(t, 'hooked')
    await t.delete(t.path('v1', 'pods', 'hooked'))
    await isGone(t, t.path('v1', 'pods', 'hooked'))
    await handler.hasBeenAsked('GET /echo?msg=prestop ')
  },
)
