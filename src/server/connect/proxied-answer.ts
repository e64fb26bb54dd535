// An answer of a server behind a proxy, as its client is to see it: redirects and pages lead through the proxy again.
// As upstream, what it lets other origins do is not handed on: it would be said of the server in front.

import { pipeline } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import type { KubeletAnswer } from './kubelet.ts'
import { changedLinks, type ProxyPlace, throughProxy } from './links.ts'

const ofOtherOrigins: readonly string[] = ['credentials', 'headers', 'methods', 'origin'].map(
  (what) => `access-control-allow-${what}`,
)

export function answerThroughProxy(answer: KubeletAnswer, method: string, place: ProxyPlace): KubeletAnswer {
  const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !ofOtherOrigins.includes(name)))
  const change = (link: string): string => throughProxy(link, place)
  if (headers.location) return { ...answer, headers: { ...headers, location: change(headers.location) } }
  const encoding = headers['content-encoding'] ?? ''
  const isPage = headers['content-type']?.split(';')[0]?.trim() === 'text/html'
  const hasBody = method !== 'HEAD' && answer.status !== 204 && answer.status !== 304
  // A page in another encoding stays as it is, as it does upstream.
  if (!isPage || !hasBody || !['', 'gzip'].includes(encoding)) return { ...answer, headers }
  const { 'content-length': _length, ...others } = headers
  const body = encoding === 'gzip' ? packed(answer.body, change) : changedLinks(answer.body, change)
  return { ...answer, headers: others, body }
}

/** Whoever reads it is told of an error; there is nobody else to tell. */
const packed = (page: AsyncIterable<Uint8Array>, change: (link: string) => string): AsyncIterable<Uint8Array> =>
  pipeline(
    page,
    createGunzip(),
    (plain: AsyncIterable<Uint8Array>) => changedLinks(plain, change),
    createGzip(),
    () => undefined,
  )
