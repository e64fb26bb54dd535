// Acting as somebody else, by headers: allowed to whoever may `impersonate` that user, and each of the groups, the UID
// and the extra values that are named. What then follows is asked and written as that user.

import type { Attributes } from '../access.ts'
import { plain } from '../answer.ts'
import { denied } from '../authz/denied.ts'
import type { Call } from '../call.ts'
import type { ApiResponse, UserInfo } from '../request.ts'
import { decodeOrKeep } from './percent.ts'
import {
  anonymousName,
  authenticatedGroup,
  serviceAccountGroups,
  serviceAccountOf,
  unauthenticatedGroup,
} from './user.ts'

export interface Impersonation {
  readonly user: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

const prefix = 'impersonate-'
const extraPrefix = 'impersonate-extra-'

/** Several headers of one name arrive joined. */
const values = (header: string): string[] => header.split(', ').filter((value) => value !== '')

/** What the headers ask for; undefined where they ask for nothing. */
export function impersonationOf(headers: Readonly<Record<string, string>>): Impersonation | undefined {
  let asked = false
  const extra: Record<string, readonly string[]> = {}
  for (const name in headers) {
    if (!name.startsWith(prefix)) continue
    asked = true
    if (name.startsWith(extraPrefix)) extra[decodeOrKeep(name.slice(extraPrefix.length))] = values(headers[name]!)
  }
  if (!asked) return undefined
  return {
    user: headers['impersonate-user'] ?? '',
    uid: headers['impersonate-uid'] ?? '',
    groups: values(headers['impersonate-group'] ?? ''),
    extra,
  }
}

type Asked = Pick<Attributes, 'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name'>

const core = { group: '', version: 'v1', subresource: '', namespace: '' }
const authentication = { ...core, group: 'authentication.k8s.io' }

/** Each part of it needs a permission of its own. */
export function permissionsFor({ user, uid, groups, extra }: Impersonation): readonly Asked[] {
  const account = serviceAccountOf(user)
  return [
    account ? { ...core, resource: 'serviceaccounts', ...account } : { ...core, resource: 'users', name: user },
    ...groups.map((name) => ({ ...core, resource: 'groups', name })),
    ...Object.entries(extra).flatMap(([key, all]) =>
      all.map((name) => ({ ...authentication, resource: 'userextras', subresource: key, name })),
    ),
    ...(uid === '' ? [] : [{ ...authentication, resource: 'uids', name: uid }]),
  ]
}

/** Groups that are named are all there are, but for the one that says whether somebody has proved who he is. */
export function impersonatedUser({ user, uid, groups, extra }: Impersonation): UserInfo {
  const account = serviceAccountOf(user)
  const named = groups.length > 0 ? groups : account ? serviceAccountGroups(account.namespace) : []
  const own = user === anonymousName ? unauthenticatedGroup : authenticatedGroup
  const proved = named.includes(authenticatedGroup) || named.includes(unauthenticatedGroup)
  return {
    name: user,
    ...(uid === '' ? {} : { uid }),
    groups: proved ? named : [...named, own],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

export function impersonate(call: Call, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  const asked = impersonationOf(call.request.headers)
  return asked ? impersonated(call, asked, next) : next()
}

async function impersonated(call: Call, asked: Impersonation, next: () => Promise<ApiResponse>): Promise<ApiResponse> {
  if (asked.user === '') {
    const why = `requested ${JSON.stringify(asked)} without impersonating a user`
    return plain(500, `Internal Server Error: ${JSON.stringify(call.request.path)}: ${why}\n`)
  }
  for (const permission of permissionsFor(asked)) {
    const attributes: Attributes = { ...permission, user: call.user, isResource: true, verb: 'impersonate', path: '' }
    const decision = await call.core.authorize(attributes)
    if (!decision.allowed) throw denied(attributes, decision.reason)
  }
  call.user = impersonatedUser(asked)
  if (call.audit) call.audit.impersonatedUser = call.user
  return next()
}
