// Nobody can give away what he does not have: who writes a role must hold everything that it allows, and who binds one
// must hold it too, unless he may `escalate` or `bind` that role. Texts are upstream's.

import { sameValue } from '#api/equal.ts'
import { aggregate } from '#api/field-errors.ts'
import type { ClusterRole } from '#api/rbac/cluster-role.ts'
import type { Role } from '#api/rbac/role.ts'
import type { RoleBinding } from '#api/rbac/role-binding.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { forbidden } from '#api/status-error.ts'
import type { Attributes } from '../access.ts'
import { mastersGroup } from '../authn/user.ts'
import { compact, quotedList, ruleText, uncovered } from '../authz/covers.ts'
import type { Rbac } from '../authz/rbac.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

const group = 'rbac.authorization.k8s.io'
const roles: ReadonlySet<string> = new Set([`roles.${group}`, `clusterroles.${group}`])
const bindings: ReadonlySet<string> = new Set([`rolebindings.${group}`, `clusterrolebindings.${group}`])

/** Whoever gathers rules of other roles may end up with any rule. */
const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

const outsideRules: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion'])

/** What keeps an object from being deleted may be changed by whoever deletes. */
function onlyReleases({ object, old }: AdmissionContext): boolean {
  if (!object || !old) return false
  const strip = ({
    finalizers: _f,
    ownerReferences: _o,
    managedFields: _m,
    resourceVersion: _r,
    ...rest
  }: object & Record<string, unknown>) => rest
  const fields = new Set([...Object.keys(object), ...Object.keys(old)])
  for (const field of fields) if (!outsideRules.has(field) && !sameValue(object[field], old[field])) return false
  return (
    sameValue(strip({ ...object.metadata }), strip({ ...old.metadata })) && !sameValue(object.metadata, old.metadata)
  )
}

function missingText(rbac: Rbac, { call, namespace }: AdmissionContext, wanted: readonly PolicyRule[]): string {
  const { user } = call
  const { rules, errors } = rbac.rulesOf(user, namespace)
  const missing = uncovered(rules, wanted)
  if (missing.length === 0) return ''
  const texts = [...new Set(compact(missing).map(ruleText))].sort()
  const who = `user ${JSON.stringify(user.name)} (groups=${quotedList(user.groups)})`
  const unresolved = errors.length === 0 ? '' : `; resolution errors: [${aggregate(errors)}]`
  return `${who} is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}${unresolved}`
}

async function may(context: AdmissionContext, verb: string, resource: string, name: string): Promise<boolean> {
  const { call, namespace } = context
  const attributes: Attributes = {
    user: call.user,
    isResource: true,
    verb,
    path: '',
    group,
    version: 'v1',
    namespace,
    resource,
    subresource: '',
    name,
  }
  return (await call.core.authorize(attributes)).allowed
}

async function checkRole(rbac: Rbac, context: AdmissionContext): Promise<void> {
  const { kind, name, object, old } = context
  if (await may(context, 'escalate', kind.plural, name)) return
  const role = object as Role & Partial<ClusterRole>
  const refused = missingText(rbac, context, role.rules ?? [])
  if (refused !== '') throw forbidden(kind, name, refused)
  if (!role.aggregationRule && !(old as ClusterRole | undefined)?.aggregationRule) return
  if (missingText(rbac, context, fullAuthority) !== '')
    throw forbidden(kind, name, 'must have cluster-admin privileges to use an aggregationRule')
}

async function checkBinding(rbac: Rbac, context: AdmissionContext): Promise<void> {
  const { kind, name, namespace, object } = context
  const { roleRef } = object as RoleBinding
  if (!roleRef?.name || (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole')) return
  if (await may(context, 'bind', roleRef.kind === 'Role' ? 'roles' : 'clusterroles', roleRef.name)) return
  const refused = missingText(rbac, context, rbac.rulesOfRole(roleRef, namespace))
  if (refused !== '') throw forbidden(kind, name, refused)
}

export const escalation = (rbac: Rbac): AdmissionPlugin => ({
  name: 'RBACEscalation',
  handles: ({ operation, kind, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') &&
    subresource === '' &&
    (roles.has(kind.resource) || bindings.has(kind.resource)),
  mutate: (context) => {
    if (context.call.user.groups.includes(mastersGroup) || onlyReleases(context)) return
    return roles.has(context.kind.resource) ? checkRole(rbac, context) : checkBinding(rbac, context)
  },
})
