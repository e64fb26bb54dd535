// Who controls what: the controlling owner reference, and which objects an owner adopts or lets go by its
// selector (upstream's ControllerRefManager).

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { Selector } from '#api/labels.ts'
import type { OwnerReference } from '#api/meta/object-meta.ts'
import { isNotFound, StatusError } from '#api/status-error.ts'
import type { Client, Ref } from '#client/client.ts'

export const controllerOf = (object: ApiObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller)

export const controllerReference = (kind: AnyKind, { metadata }: ApiObject): OwnerReference => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

export const refTo = ({ metadata }: ApiObject): Ref => ({ namespace: metadata.namespace, name: metadata.name ?? '' })

/** Does this reference mean an object of this kind? Versions of a group count as one. */
export const isOfKind = ({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>, wanted: AnyKind): boolean =>
  kind === wanted.kind && groupOf(apiVersion) === wanted.group

export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '')

export interface Claims<T> {
  readonly mine: readonly T[]
  readonly adopt: readonly T[]
  readonly release: readonly T[]
}

/** Sorts candidates by what the owner has to do with them. One that is being deleted neither adopts nor lets go. */
export function claims<T extends ApiObject>(owner: ApiObject, selector: Selector, candidates: readonly T[]): Claims<T> {
  const mine: T[] = []
  const adopt: T[] = []
  const release: T[] = []
  const ownerLeaves = owner.metadata.deletionTimestamp !== undefined
  for (const candidate of candidates) {
    const controller = controllerOf(candidate)
    const matches = selector.matches(candidate.metadata.labels)
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue
      if (matches) mine.push(candidate)
      else if (!ownerLeaves) release.push(candidate)
    } else if (matches && !ownerLeaves && candidate.metadata.deletionTimestamp === undefined) adopt.push(candidate)
  }
  return { mine, adopt, release }
}

/** Carries out what `claims` found. True when something was changed: the caller then waits to be woken by it. */
export async function settleClaims<K extends AnyKind>(
  client: Client,
  ownerKind: AnyKind,
  owner: ApiObject,
  kind: K,
  { adopt, release }: Claims<ApiObject>,
): Promise<boolean> {
  if (adopt.length > 0 && (await isStillThere(client, ownerKind, owner)))
    for (const object of adopt) await patchOwners(client, kind, object, controllerReference(ownerKind, owner))
  for (const object of release)
    await patchOwners(client, kind, object, { $patch: 'delete', uid: owner.metadata.uid ?? '' })
  return adopt.length + release.length > 0
}

/** Asks the server itself: adopting for an owner that has gone would leave orphans behind for ever. */
async function isStillThere(client: Client, kind: AnyKind, owner: ApiObject): Promise<boolean> {
  try {
    const fresh = (await client.get(kind, refTo(owner))) as ApiObject
    return fresh.metadata.uid === owner.metadata.uid && fresh.metadata.deletionTimestamp === undefined
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

async function patchOwners(client: Client, kind: AnyKind, object: ApiObject, entry: object): Promise<void> {
  try {
    const metadata = { uid: object.metadata.uid, ownerReferences: [entry] }
    await client.patch(kind, refTo(object), { metadata }, { type: 'strategic' })
  } catch (error) {
    // Gone, or another object of the same name by now: nothing to own.
    if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 422 && error.code !== 409)) throw error
  }
}
