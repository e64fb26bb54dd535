// Somebody is asked over HTTP once a container is started.

import { behaviour } from '../behaviour.ts'
import { makeHandler, makeHooked } from '../fixtures/listeners.ts'
import { waiting } from '../fixtures/shell.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute poststart http hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const handler = await makeHandler(t)
    const httpGet = { host: handler.ip, port: 8080, path: '/echo?msg=poststart' }
    await makeHooked(t, { postStart: { httpGet } }, waiting)
    await podReady(t, 'hooked')
    await handler.hasBeenAsked('GET /echo?msg=poststart ')
  },
)
