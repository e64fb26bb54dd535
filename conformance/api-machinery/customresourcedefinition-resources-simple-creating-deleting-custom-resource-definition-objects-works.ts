// A definition that is made is established and served, and one that is deleted goes with its objects.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isGone } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceDefinition resources Simple … creating/deleting custom resource definition objects works',
    since: '1.9',
  },
  async (t) => {
    const custom = await define(t)
    const { conditions, acceptedNames, storedVersions } = custom.definition.status
    const is = (type: string) => conditions.find((each: Json) => each.type === type)?.status
    assert.deepEqual([is('NamesAccepted'), is('Established')], ['True', 'True'])
    assert.equal(acceptedNames.plural, custom.plural)
    assert.deepEqual(storedVersions, ['v1'])
    await t.post(custom.path(), custom.object('a'))
    await t.delete(custom.definitionPath)
    await isGone(t, custom.definitionPath)
    await isGone(t, custom.path())
  },
)
