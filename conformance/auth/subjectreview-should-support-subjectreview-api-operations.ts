// Three ways to ask whether an account may do something agree: a review, one of the namespace, and trying it as them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeAccount } from '../fixtures/accounts.ts'

export const test = behaviour(
  { group: 'sig-auth', name: 'SubjectReview should support SubjectReview API operations', since: '1.27' },
  async (t) => {
    const { namespace } = t
    await makeAccount(t, 'asked')
    const user = `system:serviceaccount:${namespace}:asked`
    const groups = ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`]
    const agree = async (verb: string, resource: string, allowed: boolean): Promise<void> => {
      const spec = { user, groups, resourceAttributes: { namespace, verb, version: 'v1', resource } }
      const review = { apiVersion: 'authorization.k8s.io/v1', spec }
      const subject = { ...review, kind: 'SubjectAccessReview' }
      const everywhere = await t.post(t.clusterPath('authorization.k8s.io/v1', 'subjectaccessreviews'), subject)
      const local = { ...review, kind: 'LocalSubjectAccessReview', metadata: { namespace } }
      const here = await t.post(t.path('authorization.k8s.io/v1', 'localsubjectaccessreviews'), local)
      const headers = { 'impersonate-user': user }
      const tried = await t.request('GET', t.path('v1', resource), { headers })
      const answers = [everywhere.status.allowed, here.status.allowed, tried.status === 200]
      assert.deepEqual(answers, [allowed, allowed, allowed], `${verb} ${resource}`)
      if (!allowed) assert.equal(tried.status, 403)
    }
    await agree('list', 'configmaps', false)
    const authorization = 'rbac.authorization.k8s.io'
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]
    await t.post(t.path(`${authorization}/v1`, 'roles'), { metadata: { name: 'lister' }, rules })
    await t.post(t.path(`${authorization}/v1`, 'rolebindings'), {
      metadata: { name: 'lister' },
      roleRef: { apiGroup: authorization, kind: 'Role', name: 'lister' },
      subjects: [{ kind: 'ServiceAccount', name: 'asked', namespace }],
    })
    await t.eventually('the role has its effect', async () => {
      await agree('list', 'configmaps', true)
      return true
    })
    await agree('list', 'secrets', false)
  },
)
