// The continue token of a list: where the next page starts and at which revision, in upstream's form, so that
// whoever looks inside finds what they expect. Clients treat it as opaque.

import { badRequest } from '#api/status-error.ts'

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
  const refuse = (why: string) => badRequest(`continue key is not valid: ${why}`)
  let token: { v?: unknown; rv?: unknown; start?: unknown }
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch (error) {
    throw refuse((error as Error).message)
  }
  if (typeof token !== 'object' || token === null) throw refuse('not an object')
  const { v, rv, start } = token
  if (v !== 'meta.k8s.io/v1') throw refuse(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0)
    throw refuse('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '') throw refuse('encoded start key empty (version meta.k8s.io/v1)')
  return { revision: rv, after: start.endsWith(keyEnd) ? start.slice(0, -1) : start }
}
