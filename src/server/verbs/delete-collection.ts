// DELETECOLLECTION: deletes whatever a list with the same selectors shows. Not one transaction, as upstream's is
// none: what has been deleted stays deleted when a later one is refused.

import { isNotFound } from '#api/status-error.ts'
import { deleteBody } from '../body.ts'
import type { KindCall } from '../call.ts'
import { encodingFor } from '../encode/encoding-for.ts'
import { bytesAnswer } from '../encode/gzip.ts'
import { deleteOptions, listQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { deleteObject, warnOfOrphans } from './delete.ts'
import { readPage } from './list.ts'

/** How many deletions are under way at a time: they share the store's commits. */
const parallel = 64

export async function deleteCollection(call: KindCall): Promise<ApiResponse> {
  const { core, registry, request } = call
  const options = deleteOptions(request.query, deleteBody(request))
  warnOfOrphans(call, options)
  const page = await registry.read(() => readPage(call, listQuery(request.query, false)))
  const waiting = [...page.items].reverse()
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { metadata } = registry.objectOf(next)
      try {
        await deleteObject(call, metadata.namespace ?? '', metadata.name ?? '', options)
      } catch (error) {
        // Somebody else was faster.
        if (!isNotFound(error)) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, page.items.length) }, work))
  if (request.raw) return { status: 200, headers: {}, body: { type: 'list', ...page } }
  const encoding = encodingFor(registry, request, core.clock.now(), 'list')
  return bytesAnswer(call, 200, encoding.contentType, encoding.list(page))
}
