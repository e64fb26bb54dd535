// Puts ClusterRoles together from others: the rules of an aggregated role are those of all roles that one of its
// selectors picks, in the order of their names, each rule once.

import { sameValue } from '#api/equal.ts'
import { selectorOf } from '#api/labels.ts'
import { ClusterRole } from '#api/rbac/cluster-role.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { controller, trigger } from '#client/controller.ts'

/** The rules that the role should have; undefined when it has them, or is not put together from others. */
export function plan(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] | undefined {
  const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []).map(selectorOf)
  if (role.aggregationRule === undefined) return undefined
  const picked = all
    .filter(({ metadata }) => metadata.name !== role.metadata.name)
    .filter(({ metadata }) => selectors.some((selector) => selector.matches(metadata.labels)))
    .sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1))
  const rules = new Map<string, PolicyRule>()
  for (const each of picked) for (const rule of each.rules ?? []) rules.set(JSON.stringify(rule), rule)
  const wanted = [...rules.values()]
  return sameValue(wanted, role.rules ?? []) ? undefined : wanted
}

const isAggregated = ({ aggregationRule }: ClusterRole): boolean => aggregationRule !== undefined

export const clusterRoleAggregation = controller({
  name: 'clusterrole-aggregation-controller',
  account: 'clusterrole-aggregation-controller',
  triggers: [
    // Whichever role has changed, those that may gather it look again; they are few.
    trigger(ClusterRole, (_next, _old, { informers }) =>
      informers
        .of(ClusterRole)
        .list()
        .filter(isAggregated)
        .map(({ metadata }) => ({ name: metadata.name ?? '' })),
    ),
  ],
  reads: [ClusterRole],
  async reconcile({ name }, { client, informers }) {
    const role = informers.of(ClusterRole).get(undefined, name)
    if (!role) return
    const rules = plan(role, informers.of(ClusterRole).list())
    if (rules) await client.patch(ClusterRole, { name }, { rules }, { type: 'merge' })
  },
})
