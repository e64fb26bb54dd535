// What extension API servers say in OpenAPI about themselves. Asked for when a client asks here, kept for a minute, then
// asked for anew with the tag of what is known; what a server said last is kept while it does not answer.

import { documentOf, type OpenApiDocument } from '#api/openapi-v3.ts'
import type { Clock } from '#lib/clock.ts'
import { isObject } from '#lib/json.ts'
import { within } from '#lib/within.ts'
import { authenticatedGroup } from '../authn/user.ts'
import type { UserInfo } from '../request.ts'
import { BackendError, type Fetched, userHeaders } from './backend.ts'
import { asOpenApiV3, type PartialDocument, partBelow } from './merge-openapi.ts'
import type { Remote } from './remote.ts'

/** In whose name the documents are asked for, as upstream. */
export const documentsUser: UserInfo = { name: 'system:aggregator', groups: [authenticatedGroup] }

const keptMs = 60_000
const askAgainMs = 10_000
const answerMs = 5000

interface Kept<T> {
  value: T | undefined
  /** Of what the value was read: a server without tags is not taken to say something new. */
  bytes: Buffer | undefined
  etag: string | undefined
  untilMs: number
  pending: Promise<T | undefined> | undefined
}

const none = <T>(): Kept<T> => ({
  value: undefined,
  bytes: undefined,
  etag: undefined,
  untilMs: Number.NEGATIVE_INFINITY,
  pending: undefined,
})

interface Said {
  readonly v2: Kept<PartialDocument>
  /** Where the document of its version stands, with its hash. */
  readonly v3Url: Kept<string>
}

export class BackendDocuments {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #said = new WeakMap<Remote, Said>()

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
  }

  /** The same object as long as the server says the same. */
  v2(remote: Remote): Promise<PartialDocument | undefined> {
    return this.#kept(this.#of(remote).v2, remote, '/openapi/v2', (document) => partBelow(document, remote.path))
  }

  /** As it stands in the server's own index; undefined: it has none. */
  v3Url(remote: Remote): Promise<string | undefined> {
    return this.#kept(this.#of(remote).v3Url, remote, '/openapi/v3', (index) => {
      const paths = isObject(index) && isObject(index.paths) ? index.paths : {}
      const entry = paths[remote.path.slice(1)]
      const url = isObject(entry) ? entry.serverRelativeURL : undefined
      return typeof url === 'string' ? url : undefined
    })
  }

  /** Made of what it says in version 2. */
  async v3(remote: Remote): Promise<OpenApiDocument | undefined> {
    const v2 = await this.v2(remote)
    if (!v2) return undefined
    const info = { title: remote.group, version: remote.version }
    return documentOf(Buffer.from(JSON.stringify(asOpenApiV3(v2, info))))
  }

  #of(remote: Remote): Said {
    let said = this.#said.get(remote)
    if (!said) {
      said = { v2: none(), v3Url: none() }
      this.#said.set(remote, said)
    }
    return said
  }

  #kept<T>(kept: Kept<T>, remote: Remote, path: string, read: (document: unknown) => T | undefined) {
    if (!remote.isAvailable || this.#clock.monotonic() < kept.untilMs) return Promise.resolve(kept.value)
    kept.pending ??= this.#refresh(kept, remote, path, read).finally(() => {
      kept.pending = undefined
    })
    return kept.pending
  }

  async #refresh<T>(kept: Kept<T>, remote: Remote, path: string, read: (document: unknown) => T | undefined) {
    try {
      const { status, bytes, etag } = await this.#get(remote, path, kept.etag)
      if (status !== 304 && !(status === 200 && kept.bytes?.equals(bytes))) {
        kept.value = status === 200 ? read(JSON.parse(bytes.toString())) : undefined
        kept.bytes = status === 200 ? bytes : undefined
        kept.etag = etag
      }
      kept.untilMs = this.#clock.monotonic() + keptMs
    } catch {
      kept.untilMs = this.#clock.monotonic() + askAgainMs
    }
    return kept.value
  }

  async #get(remote: Remote, path: string, etag: string | undefined): Promise<Fetched> {
    const headers = {
      ...userHeaders(documentsUser),
      accept: 'application/json',
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
    }
    const late = () => new BackendError('i/o timeout', undefined)
    return within({ clock: this.#clock, limitMs: answerMs, late, signal: this.#signal }, (signal) =>
      remote.backend.fetch({ method: 'GET', path, headers, signal }),
    )
  }
}
