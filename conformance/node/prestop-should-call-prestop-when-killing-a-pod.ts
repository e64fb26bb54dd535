// The hook of a pod that is deleted comes first, then the signal.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeHandler, makeHooked } from '../fixtures/listeners.ts'
import { logOf } from '../fixtures/shell.ts'
import { isGone, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'PreStop should call prestop when killing a pod', since: '1.9', needs: ['pods'] },
  async (t) => {
    const handler = await makeHandler(t)
    const tell = (word: string) => `wget -q -O - http://${handler.ip}:8080/${word}`
    const command = ['/bin/sh', '-c', `sleep 1; ${tell('prestop')}`]
    const script = `trap "${tell('signal')}; exit 0" TERM; while :; do sleep 1 & wait $!; done`
    await makeHooked(t, { preStop: { exec: { command } } }, script)
    await podReady(t, 'hooked')
    await t.delete(t.path('v1', 'pods', 'hooked'))
    await isGone(t, t.path('v1', 'pods', 'hooked'))
    await handler.hasBeenAsked('GET /signal ')
    const asked = (await logOf(t, 'handler')).split('\n').filter((line) => line.startsWith('GET'))
    assert.deepEqual(
      asked.map((line) => line.split(' ')[1]),
      ['/prestop', '/signal'],
    )
  },
)
