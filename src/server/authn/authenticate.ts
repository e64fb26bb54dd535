// Who is asking: the first method that knows the caller says. A credential that is there but does not hold is
// refused with 401, never treated as anonymous. Methods are tried in this order: the front proxy's word, client
// certificate, bearer token (in the order in which they are given), and last the anonymous.

import { StatusError } from '#api/status-error.ts'
import { tokenProtocol } from '#lib/relay.ts'
import { protocolNames } from '#lib/web-socket.ts'
import type { Authenticate, ReviewedToken, ReviewToken } from '../access.ts'
import type { ApiRequest, PeerCertificate, UserInfo } from '../request.ts'
import { type FrontProxy, frontProxyUser } from './front-proxy.ts'
import { anonymous, credentialIdKey, withAuthenticatedGroup } from './user.ts'

/** Says who holds a token, and for whom of those asked for it is meant; undefined: not one of mine. Throws when it
 *  is mine but no longer good. */
export type TokenMethod = ReviewToken

/** The anonymous may ask for these paths only; undefined: for everything that roles allow. */
export interface AnonymousOptions {
  readonly enabled: boolean
  readonly paths?: readonly string[] | undefined
}

export interface AuthenticatorOptions {
  readonly methods: readonly TokenMethod[]
  readonly apiAudiences: readonly string[]
  readonly frontProxy?: FrontProxy | undefined
  readonly anonymous?: AnonymousOptions | undefined
}

export interface Authenticator {
  readonly authenticate: Authenticate
  readonly reviewToken: ReviewToken
}

const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized')

/** A method whose tokens are meant for this server, and for nobody else. */
export const forApiServer =
  (apiAudiences: readonly string[], find: (token: string) => Promise<UserInfo | undefined>): TokenMethod =>
  async (token, audiences) => {
    const meant = audiences.filter((audience) => apiAudiences.includes(audience))
    if (meant.length === 0) return undefined
    const user = await find(token)
    return user && { user, audiences: meant }
  }

function bearerToken(request: ApiRequest): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme = '', token = ''] = header.trim().split(/\s+/, 2)
    return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined
  }
  // Browsers cannot set headers on a WebSocket: upstream takes the token as a subprotocol.
  const protocols = request.headers['sec-websocket-protocol']
  if (protocols === undefined) return undefined
  const protocol = protocolNames(protocols).find((name) => name.startsWith(tokenProtocol))
  return protocol && Buffer.from(protocol.slice(tokenProtocol.length), 'base64url').toString()
}

/** A connection makes many requests: its certificate is looked at once. */
const usersOfPeers = new WeakMap<PeerCertificate, UserInfo>()

function peerUser(peer: PeerCertificate): UserInfo {
  let user = usersOfPeers.get(peer)
  if (!user) {
    const { commonName, organizations, uid, fingerprint } = peer
    user = withAuthenticatedGroup({
      name: commonName,
      ...(uid ? { uid } : {}),
      groups: organizations,
      ...(fingerprint ? { extra: { [credentialIdKey]: [`X509SHA256=${fingerprint}`] } } : {}),
    })
    usersOfPeers.set(peer, user)
  }
  return user
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { methods, apiAudiences, frontProxy, anonymous: nobody = { enabled: true } } = options

  const reviewToken: ReviewToken = async (token, audiences, notes) => {
    let failure: unknown
    for (const method of methods) {
      try {
        const reviewed: ReviewedToken | undefined = await method(token, audiences, notes)
        if (reviewed) return { ...reviewed, user: withAuthenticatedGroup(reviewed.user) }
      } catch (error) {
        failure ??= error
      }
    }
    if (failure !== undefined) throw failure
    return undefined
  }

  const authenticate: Authenticate = async (request, notes) => {
    const { peer } = request
    if (peer?.isFrontProxy) {
      const user = frontProxy && frontProxyUser(frontProxy, peer, request.headers)
      if (user) return withAuthenticatedGroup(user)
    } else if (peer) return peerUser(peer)
    const token = bearerToken(request)
    if (token !== undefined) {
      const reviewed = await reviewToken(token, apiAudiences, notes).catch(() => undefined)
      if (reviewed) return reviewed.user
      throw unauthorized()
    }
    if (request.headers.authorization !== undefined || !nobody.enabled) throw unauthorized()
    if (nobody.paths && !nobody.paths.includes(request.path)) throw unauthorized()
    return anonymous
  }
  return { authenticate, reviewToken }
}
