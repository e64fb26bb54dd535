// A volume gives a token for whom and for as long as the pod says.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { claimsOf } from '../fixtures/accounts.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ServiceAccounts should mount projected service account token',
    since: '1.20',
    needs: ['pods'],
  },
  async (t) => {
    const source = { path: 'token', expirationSeconds: 7200, audience: 'conformance' }
    const spec = {
      containers: [shell(t, 'cat /own/token', { volumeMounts: [{ name: 'own', mountPath: '/own' }] })],
      volumes: [{ name: 'own', projected: { sources: [{ serviceAccountToken: source }] } }],
    }
    const claims = claimsOf(await outputOf(t, 'projected', spec))
    assert.deepEqual(claims.aud, ['conformance'])
    assert.equal(claims.exp - claims.iat, 7200)
    assert.equal(claims.sub, `system:serviceaccount:${t.namespace}:default`)
    assert.equal(claims['kubernetes.io'].pod.name, 'projected')
  },
)
