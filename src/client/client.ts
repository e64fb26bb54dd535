// How every component speaks to the API: one interface, in this process (local.ts) or over HTTPS (http.ts).
// Both go through the same pipeline and give the same errors (StatusError). Objects that come back are frozen
// and shared: whoever wants to change one makes a copy.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import type { Input } from '#api/schema.ts'

export interface Ref {
  readonly namespace?: string | undefined
  readonly name: string
}

export interface ListOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface List<T> {
  readonly items: readonly T[]
  readonly resourceVersion: string
  readonly continue: string
}

export interface WatchOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly resourceVersion: string
  readonly allowBookmarks?: boolean | undefined
  readonly timeoutSeconds?: number | undefined
  readonly signal: AbortSignal
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Only metadata.resourceVersion is set. */
  | { readonly type: 'BOOKMARK'; readonly object: ApiObject }

export interface WriteOptions {
  readonly dryRun?: boolean | undefined
  readonly fieldManager?: string | undefined
  /** As in `status`, `binding`, `eviction`. */
  readonly subresource?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface PatchOptions extends WriteOptions {
  readonly type: PatchType
  readonly force?: boolean | undefined
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined
  readonly uid?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a caller sends: metadata and all else may be partial; apiVersion and kind are filled in. */
export type Draft<K extends AnyKind> = Input<ObjectOf<K>>

export interface Client {
  get<K extends AnyKind>(kind: K, ref: Ref, signal?: AbortSignal): Promise<ObjectOf<K>>
  list<K extends AnyKind>(kind: K, options?: ListOptions): Promise<List<ObjectOf<K>>>
  /** Yields events in batches as they arrive together. Ends when the server ends it; throws StatusError 410
   *  when the revision is too old, and the signal's reason when it aborts. */
  watch<K extends AnyKind>(kind: K, options: WatchOptions): AsyncIterable<readonly WatchEvent<ObjectOf<K>>[]>
  create<K extends AnyKind>(kind: K, object: Draft<K>, options?: WriteOptions): Promise<ObjectOf<K>>
  /** Creates the body of a subresource: a Binding, an Eviction, a TokenRequest. Answers what the server does. */
  // biome-ignore lint/suspicious/noExplicitAny: the answer is of the subresource's own type
  createSubresource(kind: AnyKind, ref: Ref, subresource: string, body: object, options?: WriteOptions): Promise<any>
  update<K extends AnyKind>(kind: K, object: Draft<K>, options?: WriteOptions): Promise<ObjectOf<K>>
  updateStatus<K extends AnyKind>(kind: K, object: Draft<K>, options?: WriteOptions): Promise<ObjectOf<K>>
  patch<K extends AnyKind>(kind: K, ref: Ref, patch: object, options: PatchOptions): Promise<ObjectOf<K>>
  delete(kind: AnyKind, ref: Ref, options?: DeleteOptions): Promise<void>
  deleteCollection(kind: AnyKind, selection: ListOptions, options?: DeleteOptions): Promise<void>
  /** Lets go of connections. Requests in flight are aborted. */
  close(): Promise<void>
}
