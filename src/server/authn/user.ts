// Names of users and groups that the system itself gives, as upstream has them, and what they say.

import type { UserInfo } from '../request.ts'

export const authenticatedGroup = 'system:authenticated'
export const unauthenticatedGroup = 'system:unauthenticated'
/** Whoever is in it may do everything, whatever the roles say. */
export const mastersGroup = 'system:masters'
export const nodesGroup = 'system:nodes'
export const bootstrappersGroup = 'system:bootstrappers'
export const serviceAccountsGroup = 'system:serviceaccounts'

export const anonymousName = 'system:anonymous'
export const anonymous: UserInfo = { name: anonymousName, groups: [unauthenticatedGroup] }

export const credentialIdKey = 'authentication.kubernetes.io/credential-id'

/** Everybody is in one of two groups: those who have proved who they are, and those who have not. */
export const withAuthenticatedGroup = (user: UserInfo): UserInfo =>
  user.groups.includes(authenticatedGroup) || user.groups.includes(unauthenticatedGroup)
    ? user
    : { ...user, groups: [...user.groups, authenticatedGroup] }

const serviceAccountPrefix = 'system:serviceaccount:'

export const serviceAccountUser = (namespace: string, name: string): string =>
  `${serviceAccountPrefix}${namespace}:${name}`

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  serviceAccountsGroup,
  `${serviceAccountsGroup}:${namespace}`,
]

/** A service account as whoever signs in with its token, but for what the token says of itself. */
export const serviceAccount = (namespace: string, name: string): UserInfo => ({
  name: serviceAccountUser(namespace, name),
  groups: [...serviceAccountGroups(namespace), authenticatedGroup],
})

/** The account behind a user's name; undefined where it is none. */
export function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(serviceAccountPrefix)) return undefined
  const [namespace = '', name = '', ...more] = user.slice(serviceAccountPrefix.length).split(':')
  return namespace !== '' && name !== '' && more.length === 0 ? { namespace, name } : undefined
}

const nodePrefix = 'system:node:'

/** The node that is asking: undefined where it is none, empty where it does not say which. */
export function nodeOf({ name, groups }: UserInfo): string | undefined {
  if (!groups.includes(nodesGroup)) return undefined
  return name.startsWith(nodePrefix) ? name.slice(nodePrefix.length) : ''
}
