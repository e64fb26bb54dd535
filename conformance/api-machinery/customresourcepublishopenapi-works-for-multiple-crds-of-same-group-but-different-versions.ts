// Versions of one group are published, of one kind or of several.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define, versionOf } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

const described = (name: string, storage: boolean) =>
  versionOf(name, { storage, schema: { openAPIV3Schema: { type: 'object', description: `This is ${name}` } } })

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for multiple CRDs of same group but different versions',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const both = await define(t, { versions: [described('v2', false), described('v3', true)] })
    const other = await define(t, { group: both.group, versions: [described('v4', true)] })
    for (const [custom, version] of [
      [both, 'v2'],
      [both, 'v3'],
      [other, 'v4'],
    ] as const)
      assert.equal((await isPublished(t, custom, version)).schema.description, `This is ${version}`)
  },
)
