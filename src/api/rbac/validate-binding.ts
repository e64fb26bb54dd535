// Bindings of both scopes: who may be given a role, which roles there are, and that a binding keeps its role.

import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1123Subdomain, pathSegment } from '../names.ts'
import type { RoleRef, Subject } from './subject.ts'

export const rbacGroup = 'rbac.authorization.k8s.io'

interface Binding {
  readonly subjects?: readonly Subject[] | undefined
  readonly roleRef: RoleRef
}

/** The group of a role, and of users and groups, need not be said. */
export function defaultBinding({
  subjects,
  roleRef,
}: {
  readonly subjects?: Subject[] | undefined
  readonly roleRef: RoleRef
}): void {
  roleRef.apiGroup ||= rbacGroup
  for (const subject of subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= rbacGroup
  }
}

function validateRoleRef({ apiGroup, kind, name }: RoleRef, kinds: readonly string[], errors: FieldErrors): void {
  const path = Path.of('roleRef')
  if (apiGroup !== rbacGroup) errors.notSupported(path.child('apiGroup'), apiGroup ?? '', [rbacGroup])
  if (!kinds.includes(kind)) errors.notSupported(path.child('kind'), kind ?? '', kinds)
  if (!name) errors.required(path.child('name'))
  else errors.invalidEach(path.child('name'), name, pathSegment(name))
}

function validateSubject(subject: Subject, isNamespaced: boolean, path: Path, errors: FieldErrors): void {
  const { kind, name = '', apiGroup = '', namespace = '' } = subject
  if (name === '') errors.required(path.child('name'))
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.invalidEach(path.child('name'), name, dns1123Subdomain(name))
    if (apiGroup !== '') errors.notSupported(path.child('apiGroup'), apiGroup, [''])
    if (!isNamespaced && namespace === '') errors.required(path.child('namespace'))
  } else if (kind === 'User' || kind === 'Group') {
    if (name === '') errors.invalid(path.child('name'), name, `${kind.toLowerCase()} name cannot be empty`)
    if (apiGroup !== rbacGroup) errors.notSupported(path.child('apiGroup'), apiGroup, [rbacGroup])
  } else {
    errors.notSupported(path.child('kind'), kind ?? '', ['ServiceAccount', 'User', 'Group'])
  }
}

/** `kinds` are those of the roles that may be given. */
export function validateBinding(
  { subjects = [], roleRef }: Binding,
  kinds: readonly string[],
  errors: FieldErrors,
): void {
  validateRoleRef(roleRef, kinds, errors)
  subjects.forEach((subject, i) => {
    validateSubject(subject, kinds.includes('Role'), Path.of('subjects').index(i), errors)
  })
}

export function validateSameRole({ roleRef: next }: Binding, { roleRef: old }: Binding, errors: FieldErrors): void {
  if (!sameValue(next, old)) errors.invalid('roleRef', next, 'cannot change roleRef')
}
