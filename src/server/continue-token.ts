// The continue token of a list: where the next page starts and at which revision, in upstream's form, so that
// whoever looks inside finds what they expect. Clients treat it as opaque.

import { BodyError, parseJson } from '#api/parse-body.ts'
import { badRequest } from '#api/status-error.ts'
import { isObject } from '#lib/json.ts'

export interface ContinueToken {
  /** The revision all pages show; -1: the newest, for a client that gave up consistency. */
  readonly revision: number
  /** The last key of the page before, below the list's prefix. */
  readonly after: string
}

/** Upstream's token names the first key that may come: the last one and a zero byte. */
const keyEnd = '\u0000'

export const formatContinue = (token: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.after + keyEnd })).toString(
    'base64url',
  )

export function parseContinue(text: string): ContinueToken {
  const { v, rv, start } = decodeToken(text)
  if (v !== 'meta.k8s.io/v1') throw refused(`: server does not recognize this encoded version ${v ?? ''}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0)
    throw refused(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '') throw refused(': encoded start key empty (version meta.k8s.io/v1)')
  if (leaves(start)) throw refused(`: ${start}`)
  return { revision: rv, after: start.endsWith(keyEnd) ? start.slice(0, -1) : start }
}

const refused = (why: string) => badRequest(`invalid continue token: continue key is not valid${why}`)

function decodeToken(text: string): { v?: unknown; rv?: unknown; start?: unknown } {
  const strange = text.search(/[^A-Za-z0-9_-]/)
  if (strange >= 0 || text.length % 4 === 1)
    throw refused(`: illegal base64 data at input byte ${strange >= 0 ? strange : text.length - 1}`)
  try {
    const token: unknown = parseJson(Buffer.from(text, 'base64url')).value
    if (isObject(token)) return token
  } catch (error) {
    if (error instanceof BodyError) throw refused(`: ${error.message}`)
    throw error
  }
  throw refused(': json: cannot unmarshal it into Go value of type storage.continueToken')
}

/** No token may lead out of the list that it continues. */
const leaves = (start: string): boolean =>
  start.split('/').some((segment, i) => segment === '.' || segment === '..' || (segment === '' && i > 0))
