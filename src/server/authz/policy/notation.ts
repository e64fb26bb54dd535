// A short way to write down rules and who gets them: words separated by spaces, `core` for the group without a name.

import type { PolicyRule } from '#api/rbac/rule.ts'
import type { RoleRef, Subject } from '#api/rbac/subject.ts'

export const read = 'get list watch'
export const write = 'create delete deletecollection patch update'
export const readWrite = `${read} ${write}`

const rbacGroup = 'rbac.authorization.k8s.io'

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

const sorted = (text: string): string[] => words(text).sort()

/** `names`: the only objects that it is about. */
export function allow(verbs: string, groups: string, resources: string, names = ''): PolicyRule {
  const resourceNames = sorted(names)
  return {
    verbs: sorted(verbs),
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    resources: sorted(resources),
    ...(resourceNames.length > 0 ? { resourceNames } : {}),
  }
}

export const allowPaths = (verbs: string, paths: string): PolicyRule => ({
  verbs: sorted(verbs),
  nonResourceURLs: sorted(paths),
})

/** Whoever tells what happens needs this. */
export const events: PolicyRule = allow('create patch update', 'core events.k8s.io', 'events')

export interface DefaultRole {
  /** Empty for a ClusterRole. */
  readonly namespace: string
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly rules: readonly PolicyRule[]
  /** The rules are those of all ClusterRoles with this label. */
  readonly aggregates?: string
}

export interface DefaultBinding {
  readonly namespace: string
  readonly name: string
  readonly roleRef: RoleRef
  readonly subjects: readonly Subject[]
}

export interface Policy {
  readonly roles: readonly DefaultRole[]
  readonly bindings: readonly DefaultBinding[]
}

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: rbacGroup, name })
export const group = (name: string): Subject => ({ kind: 'Group', apiGroup: rbacGroup, name })
export const account = (name: string, namespace = 'kube-system'): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace,
})

/** A binding is named after its role unless told otherwise. */
export const bind = (role: string, subjects: readonly Subject[], name = role): DefaultBinding => ({
  namespace: '',
  name,
  roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
  subjects,
})

export const bindIn = (namespace: string, role: string, subjects: readonly Subject[], name = role): DefaultBinding => ({
  namespace,
  name,
  roleRef: { apiGroup: rbacGroup, kind: 'Role', name: role },
  subjects,
})
