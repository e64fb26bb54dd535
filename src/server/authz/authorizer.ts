// The server's authorizer over its own store: it watches roles, bindings, and what concerns nodes, and decides without
// asking anybody.

import type { Pod } from '#api/core/pod.ts'
import { aggregate } from '#api/field-errors.ts'
import type { ApiObject } from '#api/kind.ts'
import type { ClusterRole } from '#api/rbac/cluster-role.ts'
import type { ClusterRoleBinding } from '#api/rbac/cluster-role-binding.ts'
import type { Role } from '#api/rbac/role.ts'
import type { RoleBinding } from '#api/rbac/role-binding.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { Compacted, type Store, type StoredObject, type Watch } from '#store/store.ts'
import type { Authorize, KnownRules, RulesFor } from '../access.ts'
import { nodeOf } from '../authn/user.ts'
import { follow } from '../follow.ts'
import type { UserInfo } from '../request.ts'
import { objectOf } from '../stored.ts'
import { authorizeMasters, firstOf } from './authorize.ts'
import { authorizeNode } from './node.ts'
import { NodeGraph, type NodeResource, type OfferedPod } from './node-graph.ts'
import { Rbac } from './rbac.ts'
import { RbacIndex } from './rbac-index.ts'

export interface Authorizer {
  readonly authorize: Authorize
  readonly rulesFor: RulesFor
  readonly rbac: Rbac
  stop(): void
}

const named = ({ metadata }: ApiObject): [namespace: string, name: string] => [
  metadata.namespace ?? '',
  metadata.name ?? '',
]

/** From the key, so that nothing is decoded. */
function placeOf({ key }: StoredObject): [namespace: string, name: string] {
  const [, namespace = '', name = ''] = key.split('/')
  return [namespace, name]
}

/** Keeps the index in step with the store; returns what ends that. */
export function followRbac(store: Store, index: RbacIndex): () => void {
  const roles = (resource: string) =>
    follow(store, resource, {
      set: (stored) => {
        const role = objectOf(stored) as Role | ClusterRole
        index.setRole(...named(role), role.rules ?? [])
      },
      remove: (stored) => index.deleteRole(...named(objectOf(stored))),
    })
  const bindings = (resource: string) =>
    follow(store, resource, {
      set: (stored) => {
        const binding = objectOf(stored) as RoleBinding | ClusterRoleBinding
        const [namespace, name] = named(binding)
        index.setBinding({ namespace, name, roleRef: binding.roleRef, subjects: binding.subjects })
      },
      remove: (stored) => index.deleteBinding(...named(objectOf(stored))),
    })
  const stops = [
    roles('roles.rbac.authorization.k8s.io'),
    roles('clusterroles.rbac.authorization.k8s.io'),
    bindings('rolebindings.rbac.authorization.k8s.io'),
    bindings('clusterrolebindings.rbac.authorization.k8s.io'),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

const nodeField = 'spec.nodeName'

/** The pods of a node, for a graph; only the index of the store is asked. */
export const podsOn =
  (store: Store) =>
  (node: string): OfferedPod[] => {
    const { items } = store.list({
      prefix: 'pods/',
      filter: ({ index }) => index.fields[nodeField] === node,
      having: [{ part: 'fields', name: nodeField, values: [node] }],
    })
    return items.map((stored) => {
      const [namespace, name] = placeOf(stored)
      return { namespace, name, load: () => objectOf(stored) as Pod }
    })
  }

/** Only what changes: a graph asks by itself for what has been there before. */
function followPods(store: Store, graph: NodeGraph): () => void {
  let watch: Watch | undefined
  const start = (): void => {
    watch = store.watch({
      prefix: 'pods/',
      after: store.revision,
      onEvents: (events) => {
        for (const { object, previous } of events) {
          const stored = (object ?? previous)!
          const node = stored.index.fields[nodeField] ?? ''
          if (!object) graph.removePod(...placeOf(stored), node)
          else if (node) graph.setPod(...placeOf(stored), node, () => objectOf(object) as Pod)
        }
      },
      onEnd: (reason) => {
        if (!(reason instanceof Compacted)) return
        graph.forgetPods()
        start()
      },
    })
  }
  start()
  return () => watch?.stop()
}

export function followNodes(store: Store, graph: NodeGraph): () => void {
  const owned = (path: NodeResource, resource: string, nodeOf: (object: ApiObject) => string | undefined) =>
    follow(store, resource, {
      set: (stored) => {
        const object = objectOf(stored)
        graph.setOwned(path, ...named(object), nodeOf(object))
      },
      remove: (stored) => graph.setOwned(path, ...named(objectOf(stored)), undefined),
    })
  const stops = [
    followPods(store, graph),
    follow(store, 'persistentvolumes', {
      set: (stored) => graph.setVolume(objectOf(stored)),
      remove: (stored) => graph.removeVolume(objectOf(stored).metadata.name ?? ''),
    }),
    owned('volumeattachments', 'volumeattachments.storage.k8s.io', ({ spec }) => spec?.nodeName),
    owned('resourceslices', 'resourceslices.resource.k8s.io', ({ spec }) => spec?.nodeName),
    owned('podcertificaterequests', 'podcertificaterequests.certificates.k8s.io', ({ spec }) => spec?.nodeName),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** Who is asked, in this order. */
export type AuthorizerLink =
  | 'Node'
  | 'RBAC'
  | 'AlwaysAllow'
  | 'AlwaysDeny'
  /** Elsewhere. */
  | { readonly name: string; readonly authorize: Authorize }

export const defaultLinks: readonly AuthorizerLink[] = ['Node', 'RBAC']

/** What the Node authorizer lets a node do depends on its pods, and what others let anybody do only they know. */
function rulesFor(links: readonly AuthorizerLink[], rbac: Rbac, user: UserInfo, namespace: string): KnownRules {
  const has = (link: AuthorizerLink) => links.includes(link)
  const { rules, errors } = has('RBAC') ? rbac.rulesOf(user, namespace) : { rules: [], errors: [] }
  const isNode = has('Node') && nodeOf(user) !== undefined
  const all = [
    ...errors,
    ...(isNode ? ['node authorizer does not support user rule resolution'] : []),
    ...(links.some((link) => typeof link === 'object')
      ? ['webhook authorizer does not support user rule resolution']
      : []),
  ]
  // That masters may do everything is told by the role that they have, as upstream.
  const own = has('AlwaysAllow') ? everything : []
  return { rules: [...own, ...rules], incomplete: all.length > 0, error: all.length > 0 ? aggregate(all) : '' }
}

export function createAuthorizer(store: Store, links: readonly AuthorizerLink[] = defaultLinks): Authorizer {
  const index = new RbacIndex()
  const graph = new NodeGraph(podsOn(store))
  const rbac = new Rbac(index)
  const stops = [followRbac(store, index), followNodes(store, graph)]
  const known: Readonly<Record<Extract<AuthorizerLink, string>, Authorize>> = {
    Node: (attributes) => authorizeNode(graph, attributes),
    RBAC: (attributes) => rbac.authorize(attributes),
    AlwaysAllow: () => ({ allowed: true }),
    AlwaysDeny: () => ({ allowed: false, reason: 'Everything is forbidden.' }),
  }
  return {
    authorize: firstOf(
      authorizeMasters,
      ...links.map((link) => (typeof link === 'object' ? link.authorize : known[link])),
    ),
    rulesFor: (user, namespace) => rulesFor(links, rbac, user, namespace),
    rbac,
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}
