// Definitions are listed by a label, and deleted as a collection.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { define, definitionPathOf } from '../fixtures/definition.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceDefinition resources Simple … listing custom resource definition objects works',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const label = t.name('listed')
    const labelSelector = `listed=${label}`
    const made: string[] = []
    for (let i = 0; i < 4; i++) made.push((await define(t, { labels: { listed: label } })).definition.metadata.name)
    const names = async () =>
      (await t.get(definitionPathOf(t), { labelSelector })).items.map(({ metadata }: Json) => metadata.name)
    assert.deepEqual((await names()).sort(), made.sort())
    await t.delete(definitionPathOf(t), undefined, { labelSelector })
    await t.eventually('all of them have gone', async () => (await names()).length === 0)
  },
)
