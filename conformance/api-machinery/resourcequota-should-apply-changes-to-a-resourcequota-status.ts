// The status of a quota is written on its own: its spec stays, and the controller sets the status right again.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makeQuota, quotaPath, used } from '../fixtures/quota.ts'

const hard = { cpu: '500m', memory: '500Mi' }

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should apply changes to a resourcequota status',
    since: '1.26',
  },
  async (t) => {
    await makeQuota(t, 'status', hard)
    const isRight = async () => assert.deepEqual((await used(t, 'status', { cpu: '0', memory: '0' })).hard, hard)
    await isRight()
    const path = quotaPath(t, 'status', 'status')
    const wrong = { cpu: '1500m', memory: '1500Mi' }
    const updated = await updateLatest(t, path, (quota) => {
      quota.status.hard = wrong
      quota.spec.hard = wrong
    })
    assert.deepEqual(updated.status.hard, wrong)
    assert.deepEqual(updated.spec.hard, hard)
    await t.eventually('the controller has set the status right', async () => {
      await isRight()
      return true
    })
    const patched = await t.patch(path, 'merge', { status: { hard: { cpu: '2' } }, spec: { hard: { cpu: '3' } } })
    assert.deepEqual(patched.status.hard, { ...hard, cpu: '2' })
    assert.deepEqual(patched.spec.hard, hard)
    await t.eventually('the controller has set it right again', async () => {
      await isRight()
      return true
    })
  },
)
