// TokenReview and SelfSubjectReview: whose is this token, and who am I?

import type { TokenReview } from '#api/authentication/token-review.ts'
import { badRequest } from '#api/status-error.ts'
import type { UserInfo } from '../request.ts'
import type { Review } from './review.ts'

const shown = ({ name, uid, groups, extra }: UserInfo): object => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length > 0 ? { groups } : {}),
  ...(extra ? { extra } : {}),
})

export const selfSubjectReview: Review = async ({ user }) => ({ userInfo: shown(user) })

export const tokenReview: Review = async ({ core }, object) => {
  const { token = '', audiences = [] } = (object as TokenReview).spec
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const asked = audiences.length > 0 ? audiences : core.apiAudiences
  try {
    const reviewed = await core.reviewToken?.(token, asked)
    if (!reviewed) return { user: {}, error: 'invalid bearer token' }
    return { authenticated: true, user: shown(reviewed.user), audiences: reviewed.audiences }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { user: {}, error: `[invalid bearer token, ${why}]` }
  }
}
