// What expressions ask about access, put to the server's authorizer as the user of a request. Expressions do not wait:
// where an authorizer has to ask elsewhere, its answer is waited for and the expressions are run again.

import type { Authorize as Ask, AuthorizationAnswer, AuthorizationQuestion } from '#api/cel/library-authorizer.ts'
import type { Attributes, Authorize, Decision } from '../access.ts'
import { serviceAccountGroups, serviceAccountUser, withAuthenticatedGroup } from '../authn/user.ts'
import type { UserInfo } from '../request.ts'

function attributesFor(user: UserInfo, question: AuthorizationQuestion): Attributes {
  const { verb, path, group = '', resource = '', subresource = '', namespace = '', name = '' } = question
  const base = { user, verb, version: '*', group, resource, subresource, namespace, name }
  if (path !== undefined) return { ...base, isResource: false, path }
  return { ...base, isResource: true, path: '', fieldSelector: question.fieldSelector ?? '' }
}

function attributesAsked(requester: UserInfo, question: AuthorizationQuestion): Attributes {
  const { serviceAccount: account } = question
  if (!account) return attributesFor(requester, question)
  const name = serviceAccountUser(account.namespace, account.name)
  const groups = serviceAccountGroups(account.namespace)
  return attributesFor(withAuthenticatedGroup({ name, groups }), question)
}

const answerOf = ({ allowed, reason = '' }: Decision): AuthorizationAnswer => ({ allowed, reason })
const late: AuthorizationAnswer = { allowed: false, reason: '', error: 'the authorizer does not answer at once' }

/** Each run asks at least one thing that the one before did not; what a run costs bounds how many there are. */
const maxRuns = 32

/** What `run` gives when every question of its expressions has been answered; it may be run several times. */
export async function withAnswers<T>(authorize: Authorize, requester: UserInfo, run: (ask: Ask) => T): Promise<T> {
  const known = new Map<string, AuthorizationAnswer>()
  for (let runs = 1; ; runs++) {
    const waiting = new Map<string, Promise<Decision>>()
    const result = run((question) => {
      const key = JSON.stringify(question)
      const answer = known.get(key)
      if (answer) return answer
      if (waiting.has(key)) return late
      const decision = authorize(attributesAsked(requester, question))
      if (!(decision instanceof Promise)) return answerOf(decision)
      waiting.set(key, decision)
      return late
    })
    const answers = await Promise.all([...waiting].map(async ([key, asked]) => [key, answerOf(await asked)] as const))
    if (answers.length === 0 || runs === maxRuns) return result
    for (const [key, answer] of answers) known.set(key, answer)
  }
}
