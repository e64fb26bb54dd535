// A token that was asked for is believed, for as long and for whom it is meant.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { accountPath, makeAccount } from '../fixtures/accounts.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ServiceAccounts should create a serviceAccountToken and ensure a successful TokenReview',
    since: '1.32',
  },
  async (t) => {
    const { metadata } = await makeAccount(t, 'asked')
    const { status } = await t.post(accountPath(t, 'asked', 'token'), { spec: { expirationSeconds: 3600 } })
    const leftMs = Date.parse(status.expirationTimestamp) - t.clock.now()
    assert.ok(leftMs > 0, status.expirationTimestamp)
    const review = (token: string, spec: object = {}): Promise<Json> =>
      t.post(t.clusterPath('authentication.k8s.io/v1', 'tokenreviews'), { spec: { token, ...spec } })
    const { status: believed } = await review(status.token)
    assert.equal(believed.authenticated, true)
    assert.equal(believed.error, undefined)
    assert.equal(believed.user.username, `system:serviceaccount:${t.namespace}:asked`)
    assert.equal(believed.user.uid, metadata.uid)
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${t.namespace}`]
    for (const group of groups) assert.ok(believed.user.groups.includes(group), group)

    assert.notEqual((await review(`${status.token}x`)).status.authenticated, true)
    assert.notEqual((await review(status.token, { audiences: ['somebody-else'] })).status.authenticated, true)
    await t.delete(accountPath(t, 'asked'))
    await t.eventually('it is not believed any more', async () => !(await review(status.token)).status.authenticated)
  },
)
