// kubectl takes what the schema allows, refuses what it does not, and explains every field of it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

const text = (description: string) => ({ type: 'string', description })
const bar = {
  type: 'object',
  required: ['name'],
  properties: {
    name: text('Name of Bar.'),
    feeling: { ...text('Feeling of Bar.'), enum: ['Great', 'Down'] },
    bazs: { type: 'array', description: 'List of Bazs.', items: { type: 'string' } },
  },
}
const schema = {
  type: 'object',
  description: 'Foo CRD for Testing',
  properties: {
    spec: {
      type: 'object',
      description: 'Specification of Foo',
      properties: { bars: { type: 'array', description: 'List of Bars and their specs.', items: bar } },
    },
  },
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for CRD with validation schema',
    since: '1.16',
  },
  async (t) => {
    const custom = await define(t, { schema })
    const published = await isPublished(t, custom, 'v1')
    assert.equal(published.schema.description, schema.description)
    assert.deepEqual(published.schema.properties.spec, schema.properties.spec)

    const manifest = (bars: readonly object[], spec: object = {}) =>
      JSON.stringify(custom.object('foo', { spec: { bars, ...spec } }))
    const good = manifest([{ name: 'test-bar', feeling: 'Great', bazs: ['a'] }])
    await t.kubectl(['create', '-f', '-'], { stdin: good })
    await t.kubectl(['apply', '-f', '-'], { stdin: good })
    await t.kubectl(['delete', custom.plural, 'foo'])
    for (const [bad, words] of [
      [manifest([{ name: 'test-bar', feeling: 'NonExistentValue' }]), /Unsupported value: "NonExistentValue"/],
      [manifest([{ name: 'test-bar' }], { unknown: true }), /unknown field "spec\.unknown"/],
      [manifest([{ feeling: 'Great' }]), /spec\.bars\[0\]\.name: Required value|missing required field "name"/],
    ] as const)
      for (const verb of ['create', 'apply']) {
        const { stderr } = await t.kubectl([verb, '-f', '-'], { stdin: bad, fails: true })
        assert.match(stderr, words)
      }

    const explain = async (path: string) => (await t.kubectl(['explain', `${custom.plural}${path}`])).stdout
    assert.match(await explain(''), /DESCRIPTION:\s+Foo CRD for Testing/)
    assert.match(await explain('.metadata'), /annotations/)
    assert.match(
      await explain('.spec'),
      /Specification of Foo[\s\S]*bars\s+<\[\]Object>[\s\S]*List of Bars and their specs/,
    )
    assert.match(await explain('.spec.bars.name'), /FIELD:\s+name <string>[\s\S]*Name of Bar/)
    const missing = await t.kubectl(['explain', `${custom.plural}.spec.bars2`], { fails: true })
    assert.match(missing.stderr, /field "bars2" does not exist/)
  },
)
