// Asks webhooks: an object is posted as JSON over TLS to a URL or to a Service of the cluster, and what comes back is
// JSON. Bounded in time and size. Whoever does not answer, or not well, is told of in upstream's words, since people
// search for them.

import { Agent, request } from 'node:https'
import { isIP } from 'node:net'
import { type Duplex, PassThrough } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import type { Clock } from '#lib/clock.ts'
import { parseExact } from '#lib/exact-json.ts'
import { Lru } from '#lib/lru.ts'
import { readAll } from '#lib/read-all.ts'
import { within } from '#lib/within.ts'
import type { DialService } from '../connect/service-dial.ts'

/** As `clientConfig` of webhook configurations and of conversions. */
export interface WebhookAddress {
  readonly url?: string | undefined
  readonly service?:
    | { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number }
    | undefined
  /** Base64 of PEM; without it the machine's authorities are trusted. */
  readonly caBundle?: string | undefined
}

export interface WebhookPost {
  readonly address: WebhookAddress
  readonly body: unknown
  /** Milliseconds; the webhook is told, in whole seconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface WebhookClient {
  /** The parsed answer. Throws a WebhookError, or the signal's reason when it aborts. */
  post(what: WebhookPost): Promise<unknown>
  close(): void
}

export interface WebhookClientOptions {
  readonly clock: Clock
  /** Without it only URLs are reached. */
  readonly dialService?: DialService | undefined
}

/** Its message is a whole sentence, as Go's HTTP client would say it. */
export class WebhookError extends Error {
  /** The webhook answered, and said no to being asked: 0 if it did not answer. */
  readonly status: number

  constructor(message: string, status = 0) {
    super(message)
    this.status = status
  }
}

const defaultPort = 443
const maxTargets = 64
const idleConnectionMs = 90_000
const longestDialMs = 30_000
const longestAnswerBytes = 16 * 1024 * 1024

/** Where a webhook is asked: of a Service by the name that its certificate must carry, as upstream. */
export function webhookUrl({ url, service }: WebhookAddress): URL {
  if (url !== undefined && url !== '') return new URL(url)
  if (!service) throw new WebhookError('the webhook has neither a url nor a service')
  const { namespace, name, port = defaultPort, path = '' } = service
  const target = new URL(`https://${name}.${namespace}.svc:${port}`)
  const [pathname = '', search = ''] = path.split('?')
  target.pathname = pathname
  target.search = search
  return target
}

/** Unlike `URL.href`, with the port also where it is the usual one, if the address is a Service's. */
const shown = (url: URL, { service }: WebhookAddress): string => {
  const port = service && url.port === '' ? `:${defaultPort}` : ''
  return `https://${url.host}${port}${url.pathname}${url.search}`
}

export function createWebhookClient({ clock, dialService }: WebhookClientOptions): WebhookClient {
  const agents = new Lru<string, Agent>({ maxEntries: maxTargets })

  const open = async (address: WebhookAddress, url: URL): Promise<Duplex> => {
    const { service } = address
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const ca = authorityOf(address)
    const port = url.port === '' ? defaultPort : Number(url.port)
    if (!service) return tlsConnect({ host, port, servername: isIP(host) === 0 ? host : '', ca })
    if (!dialService) throw new WebhookError('no services are reached from here')
    const { namespace, name } = service
    const late = () => new WebhookError('i/o timeout')
    const socket = await within({ clock, limitMs: longestDialMs, late }, (signal) =>
      dialService({ namespace, name, port }, signal),
    )
    return tlsConnect({ socket, servername: host, ca })
  }

  /** One per webhook and authority, so that a connection is used again. */
  const agentFor = (address: WebhookAddress, url: URL): Agent => {
    const key = `${url.host} ${address.service ? 'service' : 'url'} ${address.caBundle ?? ''}`
    let agent = agents.get(key)
    if (!agent) {
      agent = new Agent({ keepAlive: true, maxFreeSockets: 4, timeout: idleConnectionMs })
      agent.createConnection = (_options, done) => {
        open(address, url).then(
          (socket) => done?.(null, socket),
          (error) => done?.(error, new PassThrough()),
        )
        return undefined
      }
      agents.set(key, agent)
    }
    return agent
  }

  const post = async ({ address, body, timeoutMs, signal }: WebhookPost): Promise<unknown> => {
    const url = webhookUrl(address)
    url.searchParams.set('timeout', `${Math.ceil(timeoutMs / 1000)}s`)
    const failed = (why: string) => new WebhookError(`Post ${JSON.stringify(shown(url, address))}: ${why}`)
    const late = () => failed('context deadline exceeded')
    const exchanged = { url, agent: agentFor(address, url), body: JSON.stringify(body) }
    try {
      const { status, text } = await within({ clock, limitMs: timeoutMs, late, signal }, async (both) =>
        exchange({ ...exchanged, signal: both }).catch((error) => {
          throw both.aborted ? both.reason : error
        }),
      )
      if (status < 200 || status > 299) throw refused(status, text)
      return parse(text)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof WebhookError) throw error
      throw failed(reason(error as NodeJS.ErrnoException, url))
    }
  }

  return {
    post,
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

const authorityOf = ({ caBundle }: WebhookAddress): Buffer | undefined =>
  caBundle === undefined || caBundle === '' ? undefined : Buffer.from(caBundle, 'base64')

interface Exchange {
  readonly url: URL
  readonly agent: Agent
  readonly body: string
  readonly signal: AbortSignal
}

const tooLong = () => new Error(`answered more than ${longestAnswerBytes} bytes`)

const exchange = ({ url, agent, body, signal }: Exchange): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const asked = request(url, { method: 'POST', agent, headers, signal })
    asked.once('error', reject)
    asked.once('response', (answer) => {
      readAll(answer, { longestBytes: longestAnswerBytes, tooLong }).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, text: String(bytes) }),
        reject,
      )
    })
    asked.end(body)
  })

function parse(text: string): unknown {
  try {
    return parseExact(text)
  } catch (error) {
    throw new WebhookError(`couldn't parse the answer as JSON: ${(error as Error).message}`)
  }
}

/** As upstream's client words an answer that is no Status. */
function refused(status: number, text: string): WebhookError {
  if (status === 404) return new WebhookError('the server could not find the requested resource', status)
  if (status >= 500) {
    const said = JSON.stringify(text.trim().slice(0, 2048) || 'unknown')
    return new WebhookError(`an error on the server (${said}) has prevented the request from succeeding`, status)
  }
  return new WebhookError(
    `the server responded with the status code ${status} but did not return more information`,
    status,
  )
}

const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** In the words of the client that upstream uses, so that what is known of an error is found under them. */
export function reason({ code = '', message }: NodeJS.ErrnoException, url: URL): string {
  const verify = 'tls: failed to verify certificate: x509: '
  if (untrusted.has(code)) return `${verify}certificate signed by unknown authority`
  if (code === 'CERT_HAS_EXPIRED') return `${verify}certificate has expired or is not yet valid`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${verify}certificate is not valid for ${url.hostname}`
  if (code === 'ECONNREFUSED') return `dial tcp ${url.host}: connect: connection refused`
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${url.hostname}: no such host`
  if (code === 'ECONNRESET') return 'EOF'
  return message
}
