// Sends a request on to the server that answers for its group and version, and the answer back as it comes. Who asks
// has been authenticated and may ask; the other server is told who it is, and gets nothing by which it could be him.
// Texts and codes of what goes wrong are upstream's.

import type { IncomingMessage } from 'node:http'
import { StatusError } from '#api/status-error.ts'
import { errorText } from '#lib/log.ts'
import { answerUpgrade, refuseUpgrade, untilAnswered, withoutCredentials } from '#lib/relay.ts'
import { plain } from '../answer.ts'
import type { Call } from '../call.ts'
import type { ApiRequest, ApiResponse, TakeOver } from '../request.ts'
import { BackendError, type BackendRequest, type RequestHeaders, userHeaders } from './backend.ts'
import { rawAnswer } from './raw.ts'
import type { Remote } from './remote.ts'

/** As upstream's --request-timeout. */
const requestMs = 60_000
const longRunning: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** Headers that belong to one connection and not to the message (RFC 9110, 7.6.1), and those that are made anew. */
const notForwarded: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['host', 'content-length', 'cookie', 'expect', 'proxy-authorization', 'http2-settings'],
  ...['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-uri'],
])

/** How upstream's server says in plain text that it has nothing to give. */
const refusal = (request: ApiRequest, code: number, text: string): ApiResponse => {
  if (request.raw) throw new StatusError(code, code === 503 ? 'ServiceUnavailable' : 'InternalError', text)
  return plain(code, `${text}\n`)
}

const timedOut = () =>
  new StatusError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {})

export async function proxy(call: Call, remote: Remote): Promise<ApiResponse> {
  const { request } = call
  // What another server does takes no seats here, and when its watch is under way only it knows.
  call.initialized?.()
  if (!remote.isAvailable) return refusal(request, 503, 'service unavailable')
  if (remote.backend.isFull)
    throw new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.', {
      retryAfterSeconds: 1,
    })
  if (isUpgrade(request)) return upgrade(call, remote)
  const end = endOf(call)
  try {
    const answer = await remote.backend.ask({ ...forwarded(call), body: bodyOf(request), signal: end.signal })
    answer.once('close', end.cancel)
    if (request.raw) return await rawAnswer(call, answer)
    return isRedirect(answer) ? redirected(answer) : passedOn(request, answer)
  } catch (error) {
    end.cancel()
    if (!(error instanceof BackendError)) throw error
    return refusal(request, 503, `error trying to reach service: ${error.message}`)
  }
}

const isUpgrade = ({ headers }: ApiRequest): boolean =>
  headers.upgrade !== undefined && /(^|,)\s*upgrade\s*(,|$)/i.test(headers.connection ?? '')

/** When the request ends at the latest: with its client or with this server, and after a minute unless it is one that
 *  lasts. */
function endOf({ core, info, request }: Call): { readonly signal: AbortSignal; readonly cancel: () => void } {
  if (info.verb === 'watch' || longRunning.has(info.subresource))
    return { signal: AbortSignal.any([request.signal, core.signal]), cancel: () => undefined }
  const late = new AbortController()
  const timer = core.clock.after(requestMs, () => late.abort(timedOut()))
  const signal = AbortSignal.any([request.signal, core.signal, late.signal])
  return { signal, cancel: () => timer.cancel() }
}

function bodyOf({ body }: ApiRequest): Uint8Array | undefined {
  if (body.type === 'bytes') return body.bytes
  return body.type === 'object' ? Buffer.from(JSON.stringify(body.object)) : undefined
}

function forwarded({ request, user, auditId }: Call): Omit<BackendRequest, 'signal'> {
  const { method, path, query, remoteAddress } = request
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (notForwarded.has(name)) continue
    const kept = withoutCredentials(name, value)
    if (kept !== undefined) headers[name] = kept
  }
  if (request.raw && request.body.type === 'object') headers['content-type'] ??= 'application/json'
  if (request.raw) headers.accept = 'application/json'
  if (auditId !== '') headers['audit-id'] = auditId
  const through = [request.headers['x-forwarded-for'], remoteAddress].filter((each) => each !== undefined)
  if (through.length > 0) headers['x-forwarded-for'] = through.join(', ')
  headers['x-forwarded-uri'] = path
  headers['x-forwarded-proto'] = 'https'
  if (request.headers.host) headers['x-forwarded-host'] = request.headers.host
  const search = query.size > 0 ? `?${query}` : ''
  return { method, path: `${path}${search}`, headers: { ...headers, ...userHeaders(user) } }
}

const noRedirects = 'the backend attempted to redirect this request, which is not permitted'

const isRedirect = ({ statusCode = 0, headers }: IncomingMessage): boolean =>
  statusCode >= 300 && statusCode <= 399 && headers.location !== undefined && headers.location !== ''

function redirected(answer: IncomingMessage): ApiResponse {
  answer.destroy()
  return plain(502, noRedirects)
}

function responseHeaders(answer: IncomingMessage): RequestHeaders {
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
    if (name !== 'content-length' && notForwarded.has(name)) continue
    headers[name] = values.length === 1 ? values[0]! : values
  }
  return headers
}

function passedOn({ method }: ApiRequest, answer: IncomingMessage): ApiResponse {
  const status = answer.statusCode ?? 502
  const headers = responseHeaders(answer)
  if (method === 'HEAD' || status === 204 || status === 304) {
    answer.resume()
    return { status, headers, body: { type: 'none' } }
  }
  return { status, headers, body: { type: 'stream', batches: batches(answer) } }
}

async function* batches(answer: IncomingMessage): AsyncGenerator<readonly Uint8Array[]> {
  for await (const chunk of answer as AsyncIterable<Buffer>) yield [chunk]
}

const upgrade = (call: Call, remote: Remote): ApiResponse => ({
  status: 101,
  headers: {},
  body: { type: 'upgrade', accept: (takeOver) => relay(call, remote, takeOver) },
})

async function relay(call: Call, { backend }: Remote, { socket, head }: TakeOver): Promise<void> {
  const { core, request } = call
  const client = untilAnswered(socket)
  const late = new AbortController()
  const timer = core.clock.after(requestMs, () => late.abort(timedOut()))
  const signal = AbortSignal.any([client.signal, core.signal, late.signal])
  const asked = forwarded(call)
  const headers = { ...asked.headers, connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' }
  try {
    const upgraded = await backend.upgrade({ ...asked, headers, signal }).finally(() => timer.cancel())
    client.settled()
    if (!upgraded.socket && isRedirect(upgraded.answer)) {
      upgraded.answer.destroy()
      refuseUpgrade(socket, 502, noRedirects)
      return
    }
    const stop = () => socket.destroy()
    core.signal.addEventListener('abort', stop, { once: true })
    socket.once('close', () => core.signal.removeEventListener('abort', stop))
    await answerUpgrade({ client: socket, head }, upgraded)
  } catch (error) {
    client.settled()
    if (client.signal.aborted || socket.writableEnded || socket.destroyed) socket.destroy()
    else refuseUpgrade(socket, 503, `error trying to reach service: ${errorText(error)}`)
  }
}
