// The roles and bindings that every cluster has: made where they are missing, mended where they allow less than they
// should, at each start. What people have added to them stays.

import type { AnyKind, ObjectOf } from '#api/kind.ts'
import { ClusterRole } from '#api/rbac/cluster-role.ts'
import { ClusterRoleBinding } from '#api/rbac/cluster-role-binding.ts'
import { Role } from '#api/rbac/role.ts'
import { RoleBinding } from '#api/rbac/role-binding.ts'
import { isAlreadyExists, isNotFound } from '#api/status-error.ts'
import type { Client, Draft } from '#client/client.ts'
import { policies } from '#server/authz/policy/policies.ts'
import { type Action, planBinding, planRole } from '#server/authz/policy/reconcile.ts'

interface Place {
  readonly namespace: string
  readonly name: string
}

const keyOf = ({ namespace, name }: Place): string => `${namespace}/${name}`

async function present<K extends AnyKind>(client: Client, kind: K): Promise<ReadonlyMap<string, ObjectOf<K>>> {
  const { items } = await client.list(kind)
  return new Map(
    items.map((item) => {
      const { namespace = '', name = '' } = (item as { metadata: Partial<Place> }).metadata
      return [keyOf({ namespace, name }), item]
    }),
  )
}

/** Another server of the cluster may be doing the same. */
async function unless(known: (error: unknown) => boolean, done: Promise<unknown>): Promise<void> {
  try {
    await done
  } catch (error) {
    if (!known(error)) throw error
  }
}

async function act<K extends AnyKind>(
  client: Client,
  kind: K,
  { namespace, name }: Place,
  action: Action<unknown>,
): Promise<void> {
  const ref = { namespace: namespace || undefined, name }
  const create = (object: unknown) => unless(isAlreadyExists, client.create(kind, object as Draft<K>))
  switch (action.action) {
    case 'none':
      return
    case 'create':
      return create(action.object)
    case 'patch':
      await client.patch(kind, ref, action.patch, { type: 'merge' })
      return
    case 'replace':
      await unless(isNotFound, client.delete(kind, ref))
      return create(action.object)
  }
}

export async function bootstrapPolicy(client: Client): Promise<void> {
  const [roles, clusterRoles, bindings, clusterBindings] = await Promise.all([
    present(client, Role),
    present(client, ClusterRole),
    present(client, RoleBinding),
    present(client, ClusterRoleBinding),
  ])
  // Roles before bindings: a binding of a role that is not there yet would be heard of as an error.
  await Promise.all(
    policies.flatMap((policy) =>
      policy.roles.map((role) => {
        const known = role.namespace === '' ? clusterRoles : roles
        return act(client, role.namespace === '' ? ClusterRole : Role, role, planRole(role, known.get(keyOf(role))))
      }),
    ),
  )
  await Promise.all(
    policies.flatMap((policy) =>
      policy.bindings.map((binding) => {
        const known = binding.namespace === '' ? clusterBindings : bindings
        const kind = binding.namespace === '' ? ClusterRoleBinding : RoleBinding
        return act(client, kind, binding, planBinding(binding, known.get(keyOf(binding))))
      }),
    ),
  )
}
