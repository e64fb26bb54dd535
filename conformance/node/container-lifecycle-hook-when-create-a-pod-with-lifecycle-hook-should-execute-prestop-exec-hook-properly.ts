// A command is run in a container that is to end, while it still runs.

import { behaviour } from '../behaviour.ts'
import { makeHandler, makeHooked } from '../fixtures/listeners.ts'
import { waiting } from '../fixtures/shell.ts'
import { isGone, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute prestop exec hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const handler = await makeHandler(t)
    const command = ['wget', '-q', '-O', '-', `http://${handler.ip}:8080/echo?msg=prestop`]
    await makeHooked(t, { preStop: { exec: { command } } }, waiting)
    await podReady(t, 'hooked')
    await t.delete(t.path('v1', 'pods', 'hooked'))
    await isGone(t, t.path('v1', 'pods', 'hooked'))
    await handler.hasBeenAsked('GET /echo?msg=prestop ')
  },
)
