// Who may ask the agent's API what. The API server may everything, other nodes one thing; anybody else is asked about
// at the API server: whose a token is by a TokenReview, and whether they may by a SubjectAccessReview about the node,
// with upstream's mapping of paths to its subresources.
//
// Guarantees: what is remembered of answers is bounded and forgotten after upstream's times; a review has an end; what
// cannot be found out is refused.

import { createHash } from 'node:crypto'
import { TokenReview } from '#api/authentication/token-review.ts'
import { SubjectAccessReview } from '#api/authorization/subject-access-review.ts'
import type { Client } from '#client/client.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import { within } from '#lib/within.ts'
import { verbOfMethod } from '#server/access.ts'
import { authenticatedGroup, mastersGroup, nodesGroup } from '#server/authn/user.ts'
import { RequestProblem } from './request-problem.ts'

export interface Asker {
  readonly name: string
  readonly uid?: string | undefined
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

export interface AccessRequest {
  readonly method: string
  /** The first segment of the path, which says what is asked for. */
  readonly verb: string
  /** Whom the client's certificate names, if the cluster's authority has signed it. */
  readonly certificate: Asker | undefined
  /** The Authorization header. */
  readonly authorization: string | undefined
}

/** Throws a RequestProblem unless they may. */
export type CheckAccess = (request: AccessRequest) => Promise<void>

export interface NodeAttributes {
  readonly verb: string
  /** Any of these will do; the first says it most exactly. */
  readonly subresources: readonly string[]
}

const subresources: Readonly<Record<string, readonly string[]>> = {
  stats: ['stats'],
  metrics: ['metrics'],
  logs: ['log'],
  checkpoint: ['checkpoint'],
  pods: ['pods', 'proxy'],
  runningpods: ['pods', 'proxy'],
  healthz: ['healthz', 'proxy'],
  configz: ['configz', 'proxy'],
}

export const attributesFor = ({ method, verb }: Pick<AccessRequest, 'method' | 'verb'>): NodeAttributes => ({
  verb: verbOfMethod[method] ?? '',
  subresources: Object.hasOwn(subresources, verb) ? subresources[verb]! : ['proxy'],
})

/** Asked by a node whose pod is about to end: nobody may send to it any more when this is answered. */
export const proxySettledVerb = 'proxySettled'

/** What is known without asking anybody. */
export const mayAlways = ({ certificate, verb }: AccessRequest): boolean => {
  const groups = certificate?.groups ?? []
  return groups.includes(mastersGroup) || (groups.includes(nodesGroup) && verb === proxySettledVerb)
}

/** For an agent that has nobody to ask. */
export const onlyOwn: CheckAccess = async (request) => {
  if (!mayAlways(request)) throw new RequestProblem(403, 'Forbidden')
}

export interface AccessOptions {
  readonly client: Pick<Client, 'create'>
  readonly nodeName: string
  readonly clock: Clock
  readonly log: Log
}

/** What is remembered of a token does not let anybody use it. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64')

/** Upstream's times. */
const tokenMs = 2 * 60_000
const allowedMs = 5 * 60_000
const refusedMs = 30_000
const reviewMs = 10_000
const mostRemembered = 1_000

const late = () => new Error(`No answer within ${reviewMs} ms`)

export function createAccess({ client, nodeName, clock, log }: AccessOptions): CheckAccess {
  const tokens = new Remembered<Asker | undefined>(clock, () => tokenMs)
  const decisions = new Remembered<boolean>(clock, (allowed) => (allowed ? allowedMs : refusedMs))

  const whose = (token: string): Promise<Asker | undefined> =>
    tokens.get(digestOf(token), async (signal) => {
      const { status } = await client.create(TokenReview, { metadata: {}, spec: { token } }, { signal })
      const user = status?.authenticated ? status.user : undefined
      return user && { name: user.username ?? '', uid: user.uid, groups: user.groups ?? [], extra: user.extra }
    })

  const mayDo = (asker: Asker, verb: string, subresource: string): Promise<boolean> =>
    decisions.get(JSON.stringify([asker, verb, subresource]), async (signal) => {
      const resourceAttributes = { group: '', version: 'v1', resource: 'nodes', name: nodeName, verb, subresource }
      const { name: user, uid, groups, extra = {} } = asker
      const further = Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
      const spec = { user, ...(uid ? { uid } : {}), groups: [...groups], extra: further, resourceAttributes }
      const { status } = await client.create(SubjectAccessReview, { metadata: {}, spec }, { signal })
      return status?.allowed === true
    })

  const authenticate = async ({ certificate, authorization }: AccessRequest): Promise<Asker> => {
    if (certificate) return { ...certificate, groups: [...certificate.groups, authenticatedGroup] }
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    const asker =
      token &&
      (await whose(token).catch((error) => {
        log.warn('A token cannot be reviewed', { error: errorText(error) })
        return undefined
      }))
    if (!asker) throw new RequestProblem(401, 'Unauthorized')
    return asker
  }

  return async (request) => {
    if (mayAlways(request)) return
    const asker = await authenticate(request)
    const { verb, subresources: all } = attributesFor(request)
    const about = `(user=${asker.name}, verb=${verb}, resource=nodes, subresource(s)=[${all.join(' ')}])`
    try {
      for (const subresource of all) if (await mayDo(asker, verb, subresource)) return
    } catch (error) {
      log.warn('Access cannot be reviewed', { error: errorText(error) })
      throw new RequestProblem(500, `Authorization error ${about}`)
    }
    throw new RequestProblem(403, `Forbidden ${about}`)
  }
}

/** Answers by key, for a while; whoever asks for the same at the same time waits for the same answer. */
class Remembered<T> {
  readonly #clock: Clock
  readonly #keptMs: (value: T) => number
  readonly #answers = new Lru<string, { readonly answer: Promise<T>; untilMs: number }>({ maxEntries: mostRemembered })

  constructor(clock: Clock, keptMs: (value: T) => number) {
    this.#clock = clock
    this.#keptMs = keptMs
  }

  get(key: string, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const known = this.#answers.get(key)
    if (known && this.#clock.monotonic() < known.untilMs) return known.answer
    const entry = {
      answer: within({ clock: this.#clock, limitMs: reviewMs, late }, ask),
      untilMs: Number.POSITIVE_INFINITY,
    }
    this.#answers.set(key, entry)
    entry.answer.then(
      (value) => {
        entry.untilMs = this.#clock.monotonic() + this.#keptMs(value)
      },
      () => {
        if (this.#answers.get(key) === entry) this.#answers.delete(key)
      },
    )
    return entry.answer
  }
}
