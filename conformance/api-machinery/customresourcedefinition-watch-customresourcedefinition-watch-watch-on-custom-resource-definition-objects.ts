// Custom objects are watched by name as built-in ones are.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceDefinition Watch CustomResourceDefinition Watch watch on custom resource definition objects',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const custom = await define(t, { scope: 'Cluster' })
    const open = (name: string) => t.watch(custom.path(), { fieldSelector: `metadata.name=${name}` })
    const watches = { a: await open('a'), b: await open('b') }
    for (const name of ['a', 'b'] as const) await t.post(custom.path(), custom.object(name, { spec: { step: 1 } }))
    for (const name of ['a', 'b'] as const) await t.patch(custom.path(name), 'merge', { spec: { step: 2 } })
    for (const name of ['a', 'b'] as const) await t.delete(custom.path(name))
    for (const [name, watch] of Object.entries(watches))
      for (const expected of ['ADDED', 'MODIFIED', 'DELETED']) {
        const { type, object } = await watch.next()
        assert.deepEqual([type, object.metadata.name, object.kind], [expected, name, custom.kind])
        assert.equal(object.spec.step, expected === 'ADDED' ? 1 : 2)
      }
  },
)
