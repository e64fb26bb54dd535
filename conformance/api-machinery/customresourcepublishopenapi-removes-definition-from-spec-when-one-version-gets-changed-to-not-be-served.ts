// A version that is no longer served is no longer published; the others stay as they are.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define, versionOf } from '../fixtures/definition.ts'
import { isNotPublished, isPublished } from '../fixtures/openapi.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI removes definition from spec when one version gets changed to not be served',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const custom = await define(t, { versions: [versionOf('v5', { storage: true }), versionOf('v6alpha1')] })
    const before = await isPublished(t, custom, 'v5')
    await isPublished(t, custom, 'v6alpha1')
    await t.patch(custom.definitionPath, 'json', [{ op: 'replace', path: '/spec/versions/1/served', value: false }])
    await isNotPublished(t, custom, 'v6alpha1')
    assert.deepEqual(await isPublished(t, custom, 'v5'), before)
  },
)
