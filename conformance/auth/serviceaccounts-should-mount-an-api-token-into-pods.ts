// A container finds its token, the authority's certificates and its namespace.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { claimsOf, makeAccount, tokenFolder } from '../fixtures/accounts.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-auth', name: 'ServiceAccounts should mount an API token into pods', since: '1.9', needs: ['pods'] },
  async (t) => {
    await makeAccount(t, 'mounted')
    const spec = {
      serviceAccountName: 'mounted',
      containers: [
        shell(t, `cd ${tokenFolder}; for file in token ca.crt namespace; do cat $file; echo; echo ---; done`),
      ],
    }
    const [token = '', authority = '', namespace] = (await outputOf(t, 'mounted', spec)).split('\n---\n')
    assert.equal(namespace?.trim(), t.namespace)
    const published = await t.get(t.path('v1', 'configmaps', 'kube-root-ca.crt'))
    assert.equal(authority.trim(), published.data['ca.crt'].trim())
    const claims = claimsOf(token)
    assert.equal(claims.sub, `system:serviceaccount:${t.namespace}:mounted`)
    assert.equal(claims['kubernetes.io'].pod.name, 'mounted')
    const review = await t.post(t.clusterPath('authentication.k8s.io/v1', 'tokenreviews'), {
      spec: { token: token.trim() },
    })
    assert.equal(review.status.user.username, claims.sub)
  },
)
