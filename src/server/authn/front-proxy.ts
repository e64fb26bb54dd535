// A proxy in front of the server that has authenticated the caller itself and says in headers who he is. It is
// believed by its client certificate, from an authority of its own.

import type { PeerCertificate, UserInfo } from '../request.ts'
import { decodeOrKeep } from './percent.ts'

export interface FrontProxy {
  /** Common names of proxies; every one of the authority's unless given. */
  readonly allowedNames: readonly string[]
  /** Names of headers, in small letters; the first that is there counts. */
  readonly usernameHeaders: readonly string[]
  readonly uidHeaders: readonly string[]
  readonly groupHeaders: readonly string[]
  readonly extraHeaderPrefixes: readonly string[]
}

export const defaultFrontProxy: FrontProxy = {
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['x-remote-user'],
  uidHeaders: ['x-remote-uid'],
  groupHeaders: ['x-remote-group'],
  extraHeaderPrefixes: ['x-remote-extra-'],
}

type Headers = Readonly<Record<string, string>>

const first = (headers: Headers, names: readonly string[]): string =>
  names.map((name) => headers[name] ?? '').find((value) => value !== '') ?? ''

/** Several headers of one name arrive joined. */
const values = (header: string): string[] => header.split(', ').filter((value) => value !== '')

export function frontProxyUser(proxy: FrontProxy, peer: PeerCertificate, headers: Headers): UserInfo | undefined {
  if (proxy.allowedNames.length > 0 && !proxy.allowedNames.includes(peer.commonName)) return undefined
  const name = first(headers, proxy.usernameHeaders)
  if (name === '') return undefined
  const uid = first(headers, proxy.uidHeaders)
  const groups = proxy.groupHeaders.flatMap((header) => values(headers[header] ?? ''))
  const extra: Record<string, readonly string[]> = {}
  for (const header of Object.keys(headers)) {
    const prefix = proxy.extraHeaderPrefixes.find((each) => header.startsWith(each))
    if (prefix !== undefined) extra[decodeOrKeep(header.slice(prefix.length))] = values(headers[header]!)
  }
  return { name, ...(uid ? { uid } : {}), groups, ...(Object.keys(extra).length > 0 ? { extra } : {}) }
}
