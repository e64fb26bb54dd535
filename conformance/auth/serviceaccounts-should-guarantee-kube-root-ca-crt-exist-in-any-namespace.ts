// Each namespace has the authority's certificates, which come again and as they were, whatever is done to them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ServiceAccounts should guarantee kube-root-ca.crt exist in any namespace',
    since: '1.21',
  },
  async (t) => {
    const path = t.path('v1', 'configmaps', 'kube-root-ca.crt')
    const first = await t.eventually('the certificates are there', () => t.get(path))
    assert.deepEqual(Object.keys(first.data), ['ca.crt'])
    assert.match(first.data['ca.crt'], /-----BEGIN CERTIFICATE-----/)
    await t.delete(path)
    const again = await t.eventually('they have come again', () => t.get(path))
    assert.notEqual(again.metadata.uid, first.metadata.uid)
    assert.deepEqual(again.data, first.data)
    await t.patch(path, 'json', [{ op: 'replace', path: '/data', value: { 'ca.crt': '' } }])
    await t.eventually('they are as they were', async () => {
      assert.deepEqual((await t.get(path)).data, first.data)
      return true
    })
  },
)
