// RBAC: allowed is what a role allows that is bound to the user or one of his groups, in the cluster or in the
// namespace that is asked about. It never forbids; what nobody allows is refused.

import { aggregate } from '#api/field-errors.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import type { RoleRef, Subject } from '#api/rbac/subject.ts'
import { StatusError } from '#api/status-error.ts'
import type { Attributes, Decision } from '../access.ts'
import type { UserInfo } from '../request.ts'
import type { Grant, RbacIndex, Who } from './rbac-index.ts'
import { keyOf, rulesAllow } from './rule.ts'

export interface RulesOf {
  readonly rules: readonly PolicyRule[]
  /** Of bound roles that are not there. */
  readonly errors: readonly string[]
}

/** Upstream's listers name a role by its kind in small letters. */
const missing = ({ kind, name }: RoleRef): string =>
  `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`

const missingRole = (ref: RoleRef): StatusError =>
  new StatusError(404, 'NotFound', missing(ref), {
    name: ref.name,
    group: 'rbac.authorization.k8s.io',
    kind: ref.kind.toLowerCase(),
  })

function describeSubject({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  if (kind !== 'ServiceAccount') return `${kind} ${JSON.stringify(name)}`
  return `${kind} ${JSON.stringify(`${name}/${namespace || bindingNamespace}`)}`
}

function describe({ namespace, binding, roleRef, subject }: Grant): string {
  const which =
    namespace === ''
      ? `ClusterRoleBinding ${JSON.stringify(binding)}`
      : `RoleBinding ${JSON.stringify(`${binding}/${namespace}`)}`
  return `${which} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject, namespace)}`
}

/** The reason is only put into words when somebody asks for it. */
class AllowedBy {
  readonly allowed = true
  readonly #grant: Grant
  constructor(grant: Grant) {
    this.#grant = grant
  }
  get reason(): string {
    return `RBAC: allowed by ${describe(this.#grant)}`
  }
}

const refused: Decision = { allowed: false, reason: '' }

export class Rbac {
  readonly #index: RbacIndex

  constructor(index: RbacIndex) {
    this.#index = index
  }

  authorize(attributes: Attributes): Decision {
    const key = attributes.isResource ? keyOf(attributes) : ''
    let by: Grant | undefined
    let errors: string[] | undefined
    this.#index.visit(attributes.user, attributes.isResource ? attributes.namespace : '', (grant) => {
      const { rules } = grant.role
      if (rules === undefined) {
        errors ??= []
        errors.push(missing(grant.roleRef))
        return false
      }
      if (!rulesAllow(rules, attributes, key)) return false
      by = grant
      return true
    })
    if (by) return new AllowedBy(by)
    return errors ? { allowed: false, reason: `RBAC: ${aggregate(errors)}` } : refused
  }

  /** Everything that somebody is allowed in a namespace, and in the cluster as a whole. */
  rulesOf(user: UserInfo | Who, namespace: string): RulesOf {
    const rules: PolicyRule[] = []
    const errors: string[] = []
    this.#index.visit(user, namespace, ({ role, roleRef }) => {
      if (role.rules) rules.push(...role.rules.rules)
      else errors.push(missing(roleRef))
      return false
    })
    return { rules, errors }
  }

  /** What a role allows; throws where it is not there. */
  rulesOfRole(ref: RoleRef, namespace: string): readonly PolicyRule[] {
    const role = this.#index.role(ref.kind === 'ClusterRole' ? '' : namespace, ref.name)
    if (!role?.rules) throw missingRole(ref)
    return role.rules.rules
  }
}
