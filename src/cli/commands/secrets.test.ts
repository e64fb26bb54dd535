import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe } from './secrets.ts'

test('describe() says what is encrypted, with what, and what is still to be done', () => {
  const rules = [
    { resources: ['secrets', 'configmaps'], provider: 'aesgcm', key: 'new' },
    { resources: ['*.*'], provider: 'identity', key: '' },
  ]
  assert.equal(
    describe({ file: '/f', rules, olderKeys: ['old'], rewriting: true }),
    `secrets, configmaps: aesgcm with the key "new"
*.*: not encrypted
still needed: "old"
values are being written anew
keys are in /f
`,
  )
  assert.match(
    describe({ file: '/f', rules, olderKeys: [], rewriting: false, problem: 'disk I/O error' }),
    /^not all could be written anew: disk I\/O error$/m,
  )
})
