// Deletes the objects of a definition that goes, as they are stored: whatever of their versions is still served, and
// whoever converts them, or has something to say about their deletion, may be gone before them. Upstream asks no
// admission here either.

import type { CustomResourceDefinition } from '#api/apiextensions/custom-resource-definition.ts'
import { storedKind } from '#api/custom/kind.ts'
import type { AnyKind } from '#api/kind.ts'
import { isNotFound } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import type { Core, KindCall } from '../call.ts'
import { deleteOptions } from '../options.ts'
import { Registry } from '../registry.ts'
import type { UserInfo } from '../request.ts'
import { objectOf } from '../stored.ts'
import { deleteObject } from '../verbs/delete.ts'

/** How many are under way at a time: they share the store's commits. */
const parallel = 64

export interface Deletions {
  readonly core: Core
  readonly definition: CustomResourceDefinition
  readonly user: UserInfo
  readonly signal: AbortSignal
}

/** Rejects with the first failure. */
export async function deleteObjects({ core, definition, user, signal }: Deletions): Promise<void> {
  const names = definition.status.acceptedNames
  const calls = new Map<string, KindCall>()
  const callFor = (stored: StoredObject): KindCall => {
    const { apiVersion } = objectOf(stored)
    let call = calls.get(apiVersion)
    if (!call) {
      const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
      const kind = storedKind(definition, { names }, version)
      call = callOf(core, kind, user, signal)
      calls.set(apiVersion, call)
    }
    return call
  }
  const { items } = core.store.list({ prefix: `${definition.metadata.name}/` })
  const waiting = [...items].reverse()
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      signal.throwIfAborted()
      const { namespace = '', name = '' } = objectOf(next).metadata
      try {
        await deleteObject(callFor(next), namespace, name, deleteOptions(new URLSearchParams(), undefined))
      } catch (error) {
        // Somebody else was faster.
        if (isNotFound(error)) continue
        waiting.length = 0
        throw error
      }
    }
  }
  // All are waited for, so that a new attempt does not meet what is left of this one.
  const done = await Promise.allSettled(Array.from({ length: Math.min(parallel, items.length) }, work))
  const failed = done.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

function callOf(core: Core, kind: AnyKind, user: UserInfo, signal: AbortSignal): KindCall {
  const { group, version, plural } = kind
  const path = `/apis/${group}/${version}/${plural}`
  return {
    core: { ...core, admission: [] },
    request: {
      method: 'DELETE',
      path,
      query: new URLSearchParams(),
      headers: { 'user-agent': 'apiserver' },
      body: { type: 'none' },
      signal,
      raw: true,
    },
    info: {
      isResource: true,
      path,
      segments: path.split('/').slice(1),
      verb: 'deletecollection',
      group,
      version,
      namespace: '',
      resource: plural,
      subresource: '',
      name: '',
      rest: '',
    },
    user,
    auditId: '',
    audit: undefined,
    warnings: [],
    kind,
    registry: new Registry(kind, core.store),
  }
}
