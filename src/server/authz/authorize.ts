// Who may do what, until roles can be bound: whoever is authenticated may do everything, a joining node may only
// ask for its certificate, and the anonymous may only ask how the server is. The first rule that knows decides.

import type { Attributes, Authorize, Decision } from '../call.ts'

const allowed: Decision = { allowed: true }

const publicPaths = new Set(['/version', '/healthz', '/livez', '/readyz'])

const isPublic = ({ isResource, path, verb }: Attributes): boolean =>
  !isResource && verb === 'get' && publicPaths.has(path.split('/').slice(0, 2).join('/'))

const isJoining = ({ group, resource, subresource, verb }: Attributes): boolean =>
  group === 'certificates.k8s.io' &&
  resource === 'certificatesigningrequests' &&
  subresource === '' &&
  ['create', 'get', 'list', 'watch'].includes(verb)

export const authorize: Authorize = (attributes) => {
  const { groups } = attributes.user
  if (isPublic(attributes)) return allowed
  if (groups.includes('system:bootstrappers')) {
    return isJoining(attributes)
      ? allowed
      : { allowed: false, reason: 'a join token is only good for asking for a certificate' }
  }
  if (groups.includes('system:authenticated') || groups.includes('system:masters')) return allowed
  return { allowed: false, reason: '' }
}
