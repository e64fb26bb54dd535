// The endpoints of a service are its pods, from when they are ready until they go.

import { behaviour } from '../behaviour.ts'
import { leadsTo, makeBehind, makeService } from '../fixtures/services.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Services should serve a basic endpoint from pods', since: '1.9' },
  async (t) => {
    await makeService(t, 'basic')
    await leadsTo(t, 'basic', [])
    await makeBehind(t, 'first', 'basic', [{ containerPort: 80 }])
    await leadsTo(t, 'basic', ['first:80'])
    await makeBehind(t, 'second', 'basic', [{ containerPort: 80 }])
    await leadsTo(t, 'basic', ['first:80', 'second:80'])
    await t.delete(t.path('v1', 'pods', 'first'))
    await leadsTo(t, 'basic', ['second:80'])
    await t.delete(t.path('v1', 'pods', 'second'))
    await leadsTo(t, 'basic', [])
  },
)
