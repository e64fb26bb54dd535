// What expressions ask about access, put to the server's authorizer as the user of a request. Expressions do not wait:
// an authorizer that has to ask elsewhere has no answer for them.

import type { Authorize as Ask, AuthorizationAnswer, AuthorizationQuestion } from '#api/cel/library-authorizer.ts'
import { serviceAccountGroups, serviceAccountUser, withAuthenticatedGroup } from '../authn/user.ts'
import type { Attributes, Authorize } from '../call.ts'
import type { UserInfo } from '../request.ts'

function attributesFor(user: UserInfo, question: AuthorizationQuestion): Attributes {
  const { verb, path, group = '', resource = '', subresource = '', namespace = '', name = '' } = question
  const base = { user, verb, version: '*', group, resource, subresource, namespace, name }
  if (path !== undefined) return { ...base, isResource: false, path }
  return { ...base, isResource: true, path: '', fieldSelector: question.fieldSelector ?? '' }
}

export const questions =
  (authorize: Authorize, requester: UserInfo): Ask =>
  (question): AuthorizationAnswer => {
    const { serviceAccount: account } = question
    const user = account
      ? withAuthenticatedGroup({
          name: serviceAccountUser(account.namespace, account.name),
          groups: serviceAccountGroups(account.namespace),
        })
      : requester
    const decision = authorize(attributesFor(user, question))
    if (decision instanceof Promise)
      return { allowed: false, reason: '', error: 'the authorizer does not answer at once' }
    return { allowed: decision.allowed, reason: decision.reason ?? '' }
  }
