// PriorityClasses take every verb; their value stays.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'SchedulerPreemption PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods',
    since: '1.20',
    clusterScoped: true,
  },
  async (t) => {
    await checkOperations(t, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      plural: 'priorityclasses',
      clusterScoped: true,
      make: () => ({ value: 1000, description: 'Of a test' }),
      patch: { description: 'Of a test, patched' },
    })
    const name = t.name('priority')
    const path = t.clusterPath('scheduling.k8s.io/v1', 'priorityclasses')
    t.cleanup(() => t.delete(`${path}/${name}`))
    await t.post(path, { metadata: { name }, value: 1000 })
    await refused(t.patch(`${path}/${name}`, 'merge', { value: 1001 }), { code: 422, reason: 'Invalid' })
    const object = await t.get(`${path}/${name}`)
    await refused(t.put(`${path}/${name}`, { ...object, value: 1001 }), { code: 422, reason: 'Invalid' })
  },
)
