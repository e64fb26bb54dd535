// A pod has a token unless it or its service account says otherwise; the pod has the last word.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makeAccount, tokenFolder } from '../fixtures/accounts.ts'
import { idlePod } from '../fixtures/workloads.ts'

const cases: readonly (readonly [account: boolean | undefined, pod: boolean | undefined, mounted: boolean])[] = [
  [undefined, undefined, true],
  [undefined, true, true],
  [undefined, false, false],
  [true, undefined, true],
  [true, true, true],
  [true, false, false],
  [false, undefined, false],
  [false, true, true],
  [false, false, false],
]

export const test = behaviour(
  { group: 'sig-auth', name: 'ServiceAccounts should allow opting out of API token automount', since: '1.9' },
  async (t) => {
    for (const account of [undefined, true, false])
      await makeAccount(t, `account-${account}`, { automountServiceAccountToken: account })
    for (const [account, automountServiceAccountToken, mounted] of cases) {
      const name = `pod-${account}-${automountServiceAccountToken}`
      const spec = { ...idlePod(t), serviceAccountName: `account-${account}`, automountServiceAccountToken }
      const pod = await t.post(t.path('v1', 'pods'), { metadata: { name }, spec })
      const mounts = pod.spec.containers[0].volumeMounts ?? []
      assert.equal(
        mounts.some(({ mountPath }: Json) => mountPath === tokenFolder),
        mounted,
        name,
      )
      const hasToken = ({ projected }: Json) => projected?.sources.some((each: Json) => each.serviceAccountToken)
      assert.equal((pod.spec.volumes ?? []).some(hasToken), mounted, name)
    }
  },
)
