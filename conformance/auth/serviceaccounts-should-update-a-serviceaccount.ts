// A service account is read, changed and written back, and the change stays.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { accountPath, makeAccount } from '../fixtures/accounts.ts'
import { updateLatest } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-auth', name: 'ServiceAccounts should update a ServiceAccount', since: '1.26' },
  async (t) => {
    const { metadata } = await makeAccount(t, 'updated', { automountServiceAccountToken: false })
    const updated = await updateLatest(t, accountPath(t, 'updated'), (account) => {
      account.automountServiceAccountToken = true
    })
    assert.equal(updated.automountServiceAccountToken, true)
    const read = await t.get(accountPath(t, 'updated'))
    assert.equal(read.automountServiceAccountToken, true)
    assert.equal(read.metadata.uid, metadata.uid)
    assert.notEqual(read.metadata.resourceVersion, metadata.resourceVersion)
  },
)
