// The server's core is a function from a Request to a Response, without a socket. Adapters (HTTPS, in-process)
// make the one and write out the other. Header names are in lower case.

import type { ApiObject } from '#api/kind.ts'
import type { StoredObject } from '#store/store.ts'

export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** The subject of a client certificate that the transport has verified. */
export interface PeerCertificate {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly uid?: string | undefined
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint?: string | undefined
  /** It is from the authority of front proxies, who speak for others, and not from that of users. */
  readonly isFrontProxy?: boolean
}

export type RequestBody =
  | { readonly type: 'none' }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** From a caller in this process: already an object, not to be changed. */
  | { readonly type: 'object'; readonly object: unknown }

export interface ApiRequest {
  readonly method: string
  /** Without the query, percent-decoded per segment by the router. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: RequestBody
  /** Set by the in-process adapter, whose callers are trusted; the pipeline then skips authentication. */
  readonly user?: UserInfo | undefined
  readonly peer?: PeerCertificate | undefined
  readonly remoteAddress?: string | undefined
  /** Aborts when the caller has gone away. */
  readonly signal: AbortSignal
  /** Answers with objects as they are instead of bytes; only the in-process adapter sets it. */
  readonly raw?: boolean
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  // biome-ignore lint/suspicious/noExplicitAny: an object of whichever kind, or a Status
  readonly object: any
}

/** Both directions of a taken-over connection, as `net.Socket` or an HTTP/2 stream has them. */
export type Duplex = import('node:stream').Duplex

export type ResponseBody =
  | { readonly type: 'none' }
  /** Written one after the other; the buffers are shared and must not be changed. */
  | { readonly type: 'bytes'; readonly chunks: readonly Uint8Array[] }
  /** Each batch is written at once; ends when the iteration does. */
  | { readonly type: 'stream'; readonly batches: AsyncIterable<readonly Uint8Array[]> }
  /** The adapter relays the connection as it is: exec, attach, port-forward, proxy with Upgrade. */
  | { readonly type: 'upgrade'; readonly accept: (takeOver: TakeOver) => void | Promise<void> }
  /** Only for `raw` requests. */
  | { readonly type: 'object'; readonly object: ApiObject }
  | {
      readonly type: 'list'
      readonly items: readonly StoredObject[]
      readonly resourceVersion: string
      readonly continue: string
      readonly remaining: number | undefined
    }
  | { readonly type: 'watch'; readonly events: AsyncIterable<readonly WatchEvent[]> }

/** What an adapter hands over for an upgrade: the raw HTTP/1.1 connection, nothing answered yet. */
export interface TakeOver {
  readonly socket: Duplex
  /** Bytes that arrived behind the request's head. */
  readonly head: Uint8Array
  /** The request's header lines as they came, for a byte-for-byte relay. */
  readonly rawHeaders: readonly string[]
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: ResponseBody
}

export type Handler = (request: ApiRequest) => Promise<ApiResponse>
