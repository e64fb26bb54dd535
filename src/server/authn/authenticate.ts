// Who is asking: the first method that knows the caller says. A credential that is there but does not hold is
// refused with 401, never treated as anonymous. Methods are tried in the order in which they are listed here:
// client certificate, then bearer token (static, join, service account), then anonymous.

import { StatusError } from '#api/status-error.ts'
import type { ApiRequest, UserInfo } from '../request.ts'

/** Says who holds a token; undefined: not one of mine. Throws when it is mine but no longer good. */
export type TokenMethod = (token: string) => Promise<UserInfo | undefined>

export type Authenticate = (request: ApiRequest) => Promise<UserInfo>

export const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

const authenticatedGroup = 'system:authenticated'

export const withAuthenticatedGroup = (user: UserInfo): UserInfo =>
  user.groups.includes(authenticatedGroup) ? user : { ...user, groups: [...user.groups, authenticatedGroup] }

const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized')

function bearerToken(request: ApiRequest): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme = '', token = ''] = header.trim().split(/\s+/, 2)
    return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined
  }
  // Browsers cannot set headers on a WebSocket: upstream takes the token as a subprotocol.
  const prefix = 'base64url.bearer.authorization.k8s.io.'
  const protocol = request.headers['sec-websocket-protocol']
    ?.split(',')
    .map((p) => p.trim())
    .find((p) => p.startsWith(prefix))
  return protocol === undefined ? undefined : Buffer.from(protocol.slice(prefix.length), 'base64url').toString()
}

export function createAuthenticate(tokenMethods: readonly TokenMethod[]): Authenticate {
  return async (request) => {
    if (request.peer) {
      return withAuthenticatedGroup({ name: request.peer.commonName, groups: request.peer.organizations })
    }
    const token = bearerToken(request)
    if (token === undefined) {
      if (request.headers.authorization !== undefined) throw unauthorized()
      return anonymous
    }
    for (const method of tokenMethods) {
      const user = await method(token).catch(() => {
        throw unauthorized()
      })
      if (user) return withAuthenticatedGroup(user)
    }
    throw unauthorized()
  }
}
