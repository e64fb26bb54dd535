// Who has which roles: from users and groups to the roles that are bound to them, for the cluster and for each
// namespace. Kept up to date by single changes, so that a decision touches only what concerns the one who asks.
// A binding may be there before its role; the role counts from when it is there.

import type { PolicyRule } from '#api/rbac/rule.ts'
import type { RoleRef, Subject } from '#api/rbac/subject.ts'
import { serviceAccountUser } from '../authn/user.ts'
import { type CompiledRules, compileRules } from './rule.ts'

/** A role that is there, or that bindings name. An empty namespace is a ClusterRole's. */
export interface RoleSlot {
  readonly namespace: string
  readonly name: string
  rules: CompiledRules | undefined
  bindings: number
}

/** One subject of one binding. */
export interface Grant {
  readonly role: RoleSlot
  readonly subject: Subject
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string
  readonly binding: string
  readonly roleRef: RoleRef
}

export interface Binding {
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string
  readonly name: string
  readonly subjects?: readonly Subject[] | undefined
  readonly roleRef: RoleRef
}

type Grants = Map<string, Grant[]>

class Scope {
  readonly users: Grants = new Map()
  readonly groups: Grants = new Map()
}

/** What a binding has put in, to take it out again. */
interface Bound {
  readonly role: RoleSlot
  readonly entries: readonly { readonly grants: Grants; readonly subject: string; readonly grant: Grant }[]
}

const noGrants: readonly Grant[] = []

export interface Who {
  readonly name: string
  readonly groups: readonly string[]
}

const slotKey = (namespace: string, name: string): string => `${namespace}/${name}`

export class RbacIndex {
  readonly #roles = new Map<string, RoleSlot>()
  /** By namespace; the empty one is the cluster's. */
  readonly #scopes = new Map<string, Scope>()
  readonly #cluster = new Scope()
  readonly #bound = new Map<string, Bound>()

  constructor() {
    this.#scopes.set('', this.#cluster)
  }

  setRole(namespace: string, name: string, rules: readonly PolicyRule[]): void {
    this.#slot(namespace, name).rules = compileRules(rules)
  }

  deleteRole(namespace: string, name: string): void {
    const slot = this.#roles.get(slotKey(namespace, name))
    if (!slot) return
    slot.rules = undefined
    this.#forget(slot)
  }

  setBinding({ namespace, name, subjects = [], roleRef }: Binding): void {
    this.deleteBinding(namespace, name)
    const role = this.#slot(roleRef.kind === 'ClusterRole' ? '' : namespace, roleRef.name)
    role.bindings++
    const scope = this.#scope(namespace)
    const entries: Bound['entries'][number][] = []
    for (const subject of subjects) {
      const grants = subject.kind === 'Group' ? scope.groups : scope.users
      const key =
        subject.kind === 'ServiceAccount'
          ? serviceAccountUser(subject.namespace || namespace, subject.name)
          : subject.name
      const grant: Grant = { role, subject, namespace, binding: name, roleRef }
      const known = grants.get(key)
      if (known) known.push(grant)
      else grants.set(key, [grant])
      entries.push({ grants, subject: key, grant })
    }
    this.#bound.set(slotKey(namespace, name), { role, entries })
  }

  deleteBinding(namespace: string, name: string): void {
    const key = slotKey(namespace, name)
    const bound = this.#bound.get(key)
    if (!bound) return
    this.#bound.delete(key)
    for (const { grants, subject, grant } of bound.entries) {
      const known = grants.get(subject)!
      if (known.length === 1) grants.delete(subject)
      else known.splice(known.indexOf(grant), 1)
    }
    bound.role.bindings--
    this.#forget(bound.role)
    const scope = this.#scopes.get(namespace)
    if (namespace !== '' && scope && scope.users.size === 0 && scope.groups.size === 0) this.#scopes.delete(namespace)
  }

  role(namespace: string, name: string): RoleSlot | undefined {
    return this.#roles.get(slotKey(namespace, name))
  }

  /** Calls `visit` with what is granted to somebody, first for the cluster, until it says true. */
  visit({ name, groups }: Who, namespace: string, visit: (grant: Grant) => boolean): boolean {
    if (visitScope(this.#cluster, name, groups, visit)) return true
    const scope = namespace === '' ? undefined : this.#scopes.get(namespace)
    return scope !== undefined && visitScope(scope, name, groups, visit)
  }

  #slot(namespace: string, name: string): RoleSlot {
    const key = slotKey(namespace, name)
    let slot = this.#roles.get(key)
    if (!slot) {
      slot = { namespace, name, rules: undefined, bindings: 0 }
      this.#roles.set(key, slot)
    }
    return slot
  }

  #forget(slot: RoleSlot): void {
    if (slot.rules === undefined && slot.bindings === 0) this.#roles.delete(slotKey(slot.namespace, slot.name))
  }

  #scope(namespace: string): Scope {
    let scope = this.#scopes.get(namespace)
    if (!scope) {
      scope = new Scope()
      this.#scopes.set(namespace, scope)
    }
    return scope
  }
}

function visitScope(scope: Scope, name: string, groups: readonly string[], visit: (grant: Grant) => boolean): boolean {
  for (const grant of scope.users.get(name) ?? noGrants) if (visit(grant)) return true
  for (const group of groups) for (const grant of scope.groups.get(group) ?? noGrants) if (visit(grant)) return true
  return false
}
