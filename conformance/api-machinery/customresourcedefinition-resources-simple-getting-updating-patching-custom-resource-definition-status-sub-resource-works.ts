// The status of a definition is read, replaced and patched on its own.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'
import { define } from '../fixtures/definition.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceDefinition resources Simple … getting/updating/patching custom resource definition status sub-resource works',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const { definitionPath } = await define(t)
    const path = `${definitionPath}/status`
    const typesOf = ({ status }: Json): readonly string[] => status.conditions.map(({ type }: Json) => type)
    const read = await t.get(path)
    assert.equal(read.kind, 'CustomResourceDefinition')
    assert.ok(typesOf(read).includes('Established'))
    const updated = await updateLatest(t, path, ({ status }) =>
      status.conditions.push(timedCondition(t, 'StatusUpdate')),
    )
    assert.ok(typesOf(updated).includes('StatusUpdate'))
    const patched = await t.patch(path, 'merge', {
      status: { conditions: [...updated.status.conditions, timedCondition(t, 'StatusPatched')] },
    })
    const types = typesOf(await t.get(path))
    for (const type of ['Established', 'StatusUpdate', 'StatusPatched']) {
      assert.ok(typesOf(patched).includes(type), type)
      assert.ok(types.includes(type), type)
    }
  },
)
