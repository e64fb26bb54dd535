// A range of limits gives containers what they do not say, refuses pods that are out of its bounds, and holds as it is
// after each change of it, until it goes.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { refused } from '../fixtures/refused.ts'
import { idlePod } from '../fixtures/workloads.ts'

const amounts = (cpu: string, memory: string, storage: string) => ({ cpu, memory, 'ephemeral-storage': storage })

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied.',
    since: '1.18',
  },
  async (t) => {
    const path = (name?: string) => t.path('v1', 'limitranges', name)
    const item = {
      type: 'Container',
      min: amounts('50m', '100Mi', '100Gi'),
      max: amounts('500m', '500Mi', '500Gi'),
      default: amounts('500m', '500Mi', '500Gi'),
      defaultRequest: amounts('100m', '200Mi', '200Gi'),
    }
    const watch = await t.watch(path())
    const made = await t.post(path(), { metadata: { name: 'range' }, spec: { limits: [item] } })
    const added = await watch.until('the range is made', ({ type }) => type === 'ADDED')
    assert.equal(added.object.metadata.uid, made.metadata.uid)
    assert.deepEqual((await t.get(path('range'))).spec.limits, [item])

    const create = (name: string, resources: object): Promise<Json> =>
      t.post(t.path('v1', 'pods'), { metadata: { name }, spec: idlePod(t, { resources }) })
    const bare = await create('bare', {})
    assert.deepEqual(bare.spec.containers[0].resources, { limits: item.default, requests: item.defaultRequest })
    const partial = await create('partial', {
      requests: { cpu: '300m', memory: '150Mi' },
      limits: { cpu: '300m', 'ephemeral-storage': '300Gi' },
    })
    // A limit is a request, too, where nothing else is said.
    assert.deepEqual(partial.spec.containers[0].resources, {
      requests: amounts('300m', '150Mi', '300Gi'),
      limits: amounts('300m', '500Mi', '300Gi'),
    })
    const little = { requests: amounts('10m', '50Mi', '50Gi') }
    const much = { limits: amounts('600m', '600Mi', '600Gi') }
    const forbidden = { code: 403, reason: 'Forbidden' } as const
    await refused(create('little', little), forbidden)
    await refused(create('much', much), forbidden)

    await t.patch(path('range'), 'merge', { spec: { limits: [{ ...item, min: amounts('9m', '49Mi', '49Gi') }] } })
    await watch.until('the range is changed', ({ type }) => type === 'MODIFIED')
    await t.eventually('what was too little is let in', () => create('little', little))
    await refused(create('much', much), forbidden)

    await t.delete(path('range'))
    await watch.until('the range is deleted', ({ type }) => type === 'DELETED')
    await t.eventually('what was too much is let in', () => create('much', much))
  },
)
