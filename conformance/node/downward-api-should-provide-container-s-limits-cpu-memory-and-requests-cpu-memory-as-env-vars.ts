// What a container may have and asks for are variables of it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { environmentOf, resourceVariables } from '../fixtures/environment.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Downward API should provide container's limits.cpu/memory and requests.cpu/memory as env vars",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } }
    const found = await environmentOf(t, { env: resourceVariables, resources })
    assert.deepEqual([found.LIMITS_CPU, found.REQUESTS_CPU], ['2', '1'])
    assert.deepEqual([found.LIMITS_MEMORY, found.REQUESTS_MEMORY], [`${64 * 2 ** 20}`, `${32 * 2 ** 20}`])
  },
)
