// Each port of a service leads to the pods that have it under the name that the service says.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { leadsTo, makeBehind, makeService, slicesOf } from '../fixtures/services.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Services should serve multiport endpoints from pods', since: '1.9' },
  async (t) => {
    const ports = [
      { name: 'first', port: 80, targetPort: 'one' },
      { name: 'second', port: 81, targetPort: 'two' },
    ]
    await makeService(t, 'several', { ports })
    await leadsTo(t, 'several', [])
    await makeBehind(t, 'a', 'several', [{ name: 'one', containerPort: 100 }])
    await leadsTo(t, 'several', ['a:100'])
    await makeBehind(t, 'b', 'several', [{ name: 'two', containerPort: 101 }])
    await leadsTo(t, 'several', ['a:100', 'b:101'])
    const slices = await slicesOf(t, 'several')
    const named = slices.flatMap((slice) => slice.ports.map(({ name, port }: Json) => `${name}:${port}`))
    assert.deepEqual(named.filter((each) => !each.endsWith('null')).sort(), ['first:100', 'second:101'])
    await t.delete(t.path('v1', 'pods', 'a'))
    await leadsTo(t, 'several', ['b:101'])
  },
)
