// A version under a new name is published under it and no longer under the old one; the others stay as they are.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define, versionOf } from '../fixtures/definition.ts'
import { isNotPublished, isPublished } from '../fixtures/openapi.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI updates the published spec when one version gets renamed',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const custom = await define(t, { versions: [versionOf('v2', { storage: true }), versionOf('v3')] })
    const before = await isPublished(t, custom, 'v2')
    await isPublished(t, custom, 'v3')
    await t.patch(custom.definitionPath, 'json', [{ op: 'replace', path: '/spec/versions/1/name', value: 'v4' }])
    await isPublished(t, custom, 'v4')
    await isNotPublished(t, custom, 'v3')
    assert.deepEqual(await isPublished(t, custom, 'v2'), before)
  },
)
