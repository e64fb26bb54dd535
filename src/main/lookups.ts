// What the server itself reads of its own objects.

import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { Secret } from '#api/core/secret.ts'
import { Service } from '#api/core/service.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import { notFound } from '#api/status-error.ts'
import { objectOf } from '#server/stored.ts'
import { keyOf, type Store } from '#store/store.ts'

export type Lookups = ReturnType<typeof lookupsIn>

export function lookupsIn(store: Store) {
  const find = <K extends AnyKind>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined => {
    const stored = store.get(keyOf(kind.resource, namespace, name))
    return stored && (objectOf(stored) as ObjectOf<K>)
  }
  const need = <K extends AnyKind>(kind: K, namespace: string, name: string): ObjectOf<K> => {
    const found = find(kind, namespace, name)
    if (!found) throw notFound(kind, name)
    return found
  }
  return {
    secret: (namespace: string, name: string) => find(Secret, namespace, name),
    secretsOfAccount: (namespace: string, name: string): readonly string[] =>
      (find(ServiceAccount, namespace, name)?.secrets ?? []).map((secret) => secret.name ?? ''),
    uidOf: (resource: string, namespace: string, name: string): string | undefined => {
      const stored = store.get(keyOf(resource, namespace, name))
      return stored && objectOf(stored).metadata.uid
    },
    pod: (namespace: string, name: string) => need(Pod, namespace, name),
    node: (name: string) => need(Node, '', name),
    service: (namespace: string, name: string) => need(Service, namespace, name),
    endpointSlices: (namespace: string, service: string) =>
      store
        .list({
          prefix: `${EndpointSlice.resource}/${namespace}/`,
          filter: (slice) => slice.index.labels['kubernetes.io/service-name'] === service,
        })
        .items.map((stored) => objectOf(stored) as EndpointSlice),
  }
}
