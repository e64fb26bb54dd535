// Defaults of a schema are put into what is sent, and into what is read that was stored before there were any.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'

const property = (value?: string) => ({ type: 'string', ...(value ? { default: value } : {}) })
const schema = (a?: string, b?: string) => ({ type: 'object', properties: { a: property(a), b: property(b) } })

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceDefinition resources custom resource defaulting for requests and from storage works',
    since: '1.17',
  },
  async (t) => {
    const custom = await define(t, { schema: schema('A') })
    const created = await t.post(custom.path(), custom.object('first'))
    assert.deepEqual([created.a, created.b], ['A', undefined])
    const setSchema = (openAPIV3Schema: object) =>
      t.patch(custom.definitionPath, 'json', [
        { op: 'replace', path: '/spec/versions/0/schema/openAPIV3Schema', value: openAPIV3Schema },
      ])
    await setSchema(schema('other', 'B'))
    await t.eventually('what is stored is read with the new default', async () => {
      const { a, b } = await t.get(custom.path('first'))
      assert.deepEqual([a, b], ['A', 'B'])
      return true
    })
    const { items } = await t.get(custom.path())
    assert.equal(items[0].b, 'B')
    const second = await t.post(custom.path(), custom.object('second', { b: 'own' }))
    assert.deepEqual([second.a, second.b], ['other', 'own'])
    await setSchema(schema())
    await t.eventually('what was only read so is no longer', async () => {
      const { a, b } = await t.get(custom.path('first'))
      assert.deepEqual([a, b], ['A', undefined])
      return true
    })
  },
)
