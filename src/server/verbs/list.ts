// LIST: what stands under a prefix at one revision, in pages if the client wishes. All pages of a list show the
// revision of the first; when that has been compacted away, the client is told how to go on without consistency.

import { expired, type StatusBody, StatusError } from '#api/status-error.ts'
import { Compacted, type ListResult } from '#store/store.ts'
import type { KindCall } from '../call.ts'
import { formatContinue, parseContinue } from '../continue-token.ts'
import type { Page } from '../encode/encoding.ts'
import { encodingFor } from '../encode/encoding-for.ts'
import { bytesAnswer } from '../encode/gzip.ts'
import { type ListQuery, listQuery, parseRevision } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { selectionOf } from '../selection.ts'

export async function list(call: KindCall): Promise<ApiResponse> {
  const { core, registry, request } = call
  const query = listQuery(request.query, false)
  const page = await registry.read(() => readPage(call, query))
  if (request.raw) return { status: 200, headers: {}, body: { type: 'list', ...page } }
  const encoding = encodingFor(registry, request, core.clock.now(), 'list')
  return bytesAnswer(call, 200, encoding.contentType, encoding.list(page))
}

export function readPage({ core, kind, registry, info }: KindCall, query: ListQuery): Page {
  const selection = selectionOf(kind, { ...query, namespace: kind.namespaced ? info.namespace : '' })
  const { revision, after } = start(query, core.store.revision)
  const one = revision === undefined && after === undefined ? registry.selectOne(selection) : undefined
  if (one) return { items: one, resourceVersion: String(core.store.revision), continue: '', remaining: undefined }
  const prefix = registry.prefixOf(info.namespace)
  let result: ListResult
  try {
    result = registry.reads.list({
      prefix,
      after: after === undefined ? undefined : prefix + after,
      limit: query.limit > 0 ? query.limit : undefined,
      revision,
      filter: selection.filters ? (stored) => selection.matchesSelectors(stored) : undefined,
      having: selection.terms,
    })
  } catch (error) {
    if (!(error instanceof Compacted)) throw error
    throw query.continue === ''
      ? expired('The resourceVersion for the provided list is too old.')
      : new InconsistentContinue(after ?? '')
  }
  const last = result.items.at(-1)
  const more = result.more && last !== undefined
  return {
    items: result.items,
    resourceVersion: String(result.revision),
    continue: more ? formatContinue({ revision: result.revision, after: last.key.slice(prefix.length) }) : '',
    remaining: more && !selection.filters ? result.remaining : undefined,
  }
}

/** At which revision and after which key to read. */
function start(query: ListQuery, current: number): { revision: number | undefined; after: string | undefined } {
  const asked = parseRevision(query.resourceVersion)
  if (query.continue !== '') {
    if (asked !== undefined && asked !== 0)
      throw new StatusError(400, 'BadRequest', 'specifying resource version is not allowed when using continue')
    const token = parseContinue(query.continue)
    return { revision: token.revision < 0 ? undefined : token.revision, after: token.after }
  }
  if (asked === undefined || asked === 0) return { revision: undefined, after: undefined }
  if (asked > current) throw tooLargeRevision(asked, current)
  // Without a match, a limit asks for exactly that revision, as upstream's older rule has it.
  const exact = query.resourceVersionMatch === 'Exact' || (query.resourceVersionMatch === '' && query.limit > 0)
  return { revision: exact ? asked : undefined, after: undefined }
}

export const tooLargeRevision = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  })

/** 410 with a token in it that goes on from the same place in what is there now. */
class InconsistentContinue extends StatusError {
  readonly #continue: string

  constructor(after: string) {
    super(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    )
    this.#continue = formatContinue({ revision: -1, after })
  }

  override get body(): StatusBody {
    return { ...super.body, metadata: { continue: this.#continue } as unknown as StatusBody['metadata'] }
  }
}
