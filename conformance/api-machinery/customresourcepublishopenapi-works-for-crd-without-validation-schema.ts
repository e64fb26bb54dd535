// A kind of which nothing is said takes anything, and is explained as far as that goes.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for CRD without validation schema',
    since: '1.16',
  },
  async (t) => {
    const custom = await define(t)
    await isPublished(t, custom, 'v1')
    const stdin = JSON.stringify(custom.object('any', { spec: { a: { b: [1] } }, more: true }))
    await t.kubectl(['create', '-f', '-'], { stdin })
    await t.kubectl(['apply', '-f', '-'], { stdin })
    assert.equal((await t.get(custom.path('any'))).more, true)
    const { stdout } = await t.kubectl(['explain', custom.plural])
    assert.match(stdout, new RegExp(`KIND:\\s+${custom.kind}`))
    assert.match(stdout, /DESCRIPTION:\s+<empty>/)
  },
)
