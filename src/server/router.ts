// Path and method to what is asked: group, version, resource, namespace, name, subresource and verb, in the way
// of upstream's RequestInfo. It knows no kinds: whether the resource exists is decided by who answers.

import { badRequest } from '#api/status-error.ts'
import { verbOfMethod } from './access.ts'
import { isTrue } from './options.ts'
import type { ApiRequest } from './request.ts'

export interface RequestInfo {
  /** True for /api/<version>/... and /apis/<group>/<version>/... with a resource. */
  readonly isResource: boolean
  readonly path: string
  /** Percent-decoded segments of the path. */
  readonly segments: readonly string[]
  /** get, list, watch, create, update, patch, delete, deletecollection; else the method in lower case. */
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** What follows the subresource, as it was sent: the path behind `proxy`. */
  readonly rest: string
}

/** Subresources of a namespace, which would otherwise read as resources inside it. */
const namespaceSubresources = new Set(['status', 'finalize'])

const decodeSegment = (segment: string): string => {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(segment)}`)
  }
}

const nonResource = (request: ApiRequest, segments: readonly string[]): RequestInfo => ({
  isResource: false,
  // What is allowed is written down as it reads, not as it is encoded.
  path: decodeSegment(request.path),
  segments,
  verb: request.method.toLowerCase(),
  group: '',
  version: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  rest: '',
})

export function route(request: ApiRequest): RequestInfo {
  const segments: string[] = []
  const ends: number[] = []
  let end = -1
  for (const segment of request.path.split('/')) {
    end += segment.length + 1
    if (segment === '') continue
    segments.push(decodeSegment(segment))
    ends.push(end)
  }
  const versionAt = segments[0] === 'api' ? 1 : segments[0] === 'apis' ? 2 : -1
  if (versionAt < 0 || segments.length < versionAt + 2) return nonResource(request, segments)

  let verb = verbOfMethod[request.method] ?? request.method.toLowerCase()
  let at = versionAt + 1
  // The old form /api/v1/watch/... is still served upstream.
  if (segments[at] === 'watch' && segments.length > at + 1) {
    verb = 'watch'
    at++
  }

  let namespace = ''
  if (segments[at] === 'namespaces' && at + 1 < segments.length) {
    namespace = segments[at + 1]!
    const inside = segments[at + 2]
    if (inside !== undefined && !namespaceSubresources.has(inside)) at += 2
  }
  const resource = segments[at]!
  let name = segments[at + 1] ?? ''
  const subresource = segments[at + 2] ?? ''
  const rest = subresource === '' ? '' : request.path.slice(ends[at + 2])

  if (verb === 'get' && name === '') {
    verb = isTrue(request.query.get('watch')) ? 'watch' : 'list'
  }
  if (verb === 'delete' && name === '') verb = 'deletecollection'
  // A list of one name is asked of the authorizer as a list with that name.
  if (name === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection')) {
    const selector = request.query.get('fieldSelector')
    if (selector?.startsWith('metadata.name=')) {
      const value = selector.slice('metadata.name='.length).replace(/^=/, '')
      if (/^[a-z0-9.-]+$/.test(value)) name = value
    }
  }
  return {
    isResource: true,
    path: request.path,
    segments,
    verb,
    group: versionAt === 1 ? '' : segments[1]!,
    version: segments[versionAt]!,
    namespace,
    resource,
    subresource,
    name,
    rest,
  }
}
