// SubjectAccessReview and its relatives: may somebody do something? The authorizer is asked as if he had tried.

import type { ResourceAttributes, SubjectAccessReviewSpec } from '#api/authorization/access-review.ts'
import type { LocalSubjectAccessReview } from '#api/authorization/local-subject-access-review.ts'
import type { SelfSubjectAccessReview } from '#api/authorization/self-subject-access-review.ts'
import type { SubjectAccessReview } from '#api/authorization/subject-access-review.ts'
import { FieldSelector } from '#api/field-selector.ts'
import type { Attributes, Decision } from '../access.ts'
import type { KindCall } from '../call.ts'
import type { UserInfo } from '../request.ts'
import type { Review } from './review.ts'

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>

const nothing = { group: '', version: '', namespace: '', resource: '', subresource: '', name: '' }

/** Requirements that are an equality are all that an authorizer can use. */
function selectorText({ fieldSelector }: ResourceAttributes): string {
  if (!fieldSelector) return ''
  if (fieldSelector.rawSelector) return fieldSelector.rawSelector
  const equalities = (fieldSelector.requirements ?? []).filter(
    ({ operator, values }) => operator === 'In' && values?.length === 1,
  )
  return new FieldSelector(
    equalities.map(({ key, values }) => ({ field: key, operator: '=', value: values![0]! })),
  ).toString()
}

export function attributesFor(
  user: UserInfo,
  { resourceAttributes: about, nonResourceAttributes: path }: Asked,
): Attributes {
  if (!about) return { ...nothing, user, isResource: false, verb: path?.verb ?? '', path: path?.path ?? '' }
  return {
    user,
    isResource: true,
    verb: about.verb ?? '',
    path: '',
    group: about.group ?? '',
    version: about.version ?? '',
    namespace: about.namespace ?? '',
    resource: about.resource ?? '',
    subresource: about.subresource ?? '',
    name: about.name ?? '',
    fieldSelector: selectorText(about),
  }
}

const statusOf = (decision: Decision): object => ({
  allowed: decision.allowed,
  ...(!decision.allowed && decision.denied ? { denied: true } : {}),
  ...(decision.reason ? { reason: decision.reason } : {}),
})

async function answer({ core }: KindCall, user: UserInfo, asked: Asked): Promise<object> {
  return statusOf(await core.authorize(attributesFor(user, asked)))
}

const userIn = ({ user = '', uid, groups = [], extra }: SubjectAccessReviewSpec): UserInfo => ({
  name: user,
  ...(uid ? { uid } : {}),
  groups,
  ...(extra ? { extra } : {}),
})

export const subjectAccessReview: Review = (call, object) => {
  const { spec } = object as SubjectAccessReview | LocalSubjectAccessReview
  return answer(call, userIn(spec), spec)
}

export const selfSubjectAccessReview: Review = (call, object) =>
  answer(call, call.user, (object as SelfSubjectAccessReview).spec)
