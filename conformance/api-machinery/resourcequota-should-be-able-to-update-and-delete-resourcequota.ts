// A quota is made, read, changed and deleted.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makeQuota, quotaPath } from '../fixtures/quota.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should be able to update and delete ResourceQuota.',
    since: '1.16',
  },
  async (t) => {
    const made = await makeQuota(t, 'changing', { cpu: '1', memory: '500Mi' })
    assert.deepEqual(made.spec.hard, { cpu: '1', memory: '500Mi' })
    assert.deepEqual((await t.get(quotaPath(t, 'changing'))).spec.hard, made.spec.hard)
    const hard = { cpu: '2', memory: '1Gi' }
    const updated = await updateLatest(t, quotaPath(t, 'changing'), ({ spec }) => Object.assign(spec.hard, hard))
    assert.deepEqual(updated.spec.hard, hard)
    assert.deepEqual((await t.get(quotaPath(t, 'changing'))).spec.hard, hard)
    await t.delete(quotaPath(t, 'changing'))
    await refused(t.get(quotaPath(t, 'changing')), { code: 404, reason: 'NotFound' })
  },
)
