// A client that remembers what was written through it, so that its user can wait until the informers show it.
// Assumes that an answer's resourceVersion is that of the write, or older where nothing changed.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import type { Client, DeleteOptions, Draft, PatchOptions, Ref, WriteOptions } from './client.ts'
import { isAtLeast, type SharedInformers } from './informers.ts'

export interface Writes {
  readonly client: Client
  /** Something was written that an informer will show. */
  readonly pending: boolean
  /** Resolves once every informer shows what was written. */
  seen(): Promise<void>
}

/** Without informers nothing is remembered; the client then only signs its writes. */
export function trackWrites(client: Client, fieldManager: string, informers?: SharedInformers): Writes {
  const newest = new Map<AnyKind, string>()
  const deletions: { readonly kind: AnyKind; readonly ref: Ref; readonly uid: string | undefined }[] = []

  const note = <T extends ApiObject>(kind: AnyKind, options: WriteOptions | undefined, answer: T): T => {
    const { resourceVersion } = answer.metadata ?? {}
    if (!informers?.started(kind) || options?.dryRun || !resourceVersion) return answer
    const known = newest.get(kind)
    if (known === undefined || !isAtLeast(known, resourceVersion)) newest.set(kind, resourceVersion)
    return answer
  }
  const signed = <O extends WriteOptions>(options: O | undefined): O => ({ fieldManager, ...options }) as O

  const tracked: Client = {
    get: (kind, ref, signal) => client.get(kind, ref, signal),
    list: (kind, options) => client.list(kind, options),
    watch: (kind, options) => client.watch(kind, options),
    async create<K extends AnyKind>(kind: K, object: Draft<K>, options?: WriteOptions): Promise<ObjectOf<K>> {
      return note(kind, options, await client.create(kind, object, signed(options)))
    },
    createSubresource: (kind, ref, subresource, body, options) =>
      client.createSubresource(kind, ref, subresource, body, signed(options)),
    async update<K extends AnyKind>(kind: K, object: Draft<K>, options?: WriteOptions): Promise<ObjectOf<K>> {
      return note(kind, options, await client.update(kind, object, signed(options)))
    },
    async updateStatus<K extends AnyKind>(kind: K, object: Draft<K>, options?: WriteOptions): Promise<ObjectOf<K>> {
      return note(kind, options, await client.updateStatus(kind, object, signed(options)))
    },
    async patch<K extends AnyKind>(kind: K, ref: Ref, patch: object, options: PatchOptions): Promise<ObjectOf<K>> {
      return note(kind, options, await client.patch(kind, ref, patch, signed(options)))
    },
    async delete(kind: AnyKind, ref: Ref, options?: DeleteOptions): Promise<void> {
      const known = informers?.started(kind)?.get(ref.namespace, ref.name)
      await client.delete(kind, ref, options)
      if (known && !options?.dryRun) deletions.push({ kind, ref, uid: known.metadata.uid })
    },
    deleteCollection: (kind, selection, options) => client.deleteCollection(kind, selection, options),
    close: () => Promise.resolve(),
  }

  return {
    client: tracked,
    get pending() {
      return newest.size > 0 || deletions.length > 0
    },
    async seen() {
      await Promise.all([
        ...[...newest].map(([kind, resourceVersion]) => informers?.started(kind)?.seen(resourceVersion)),
        ...deletions.map(({ kind, ref, uid }) => informers?.started(kind)?.deleted(ref.namespace, ref.name, uid)),
      ])
    },
  }
}
