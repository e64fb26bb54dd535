// The HTTPS adapter: HTTP/2 and HTTP/1.1 on one port, around the socket-free core. It verifies client
// certificates against the cluster's authority (who they are is for authentication to say), bounds bodies,
// writes shared buffers as they are, and hands over HTTP/1.1 connections that upgrade.
//
// It uses Node's stream API for HTTP/2, which costs half the CPU of the (req, res) compatibility layer.

import { X509Certificate } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { badRequest, StatusError } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import { reasonPhrase } from '#lib/http1.ts'
import type { ApiRequest, ApiResponse, Handler, PeerCertificate, RequestBody } from './request.ts'
import { writeBody } from './write-body.ts'

export interface HttpsOptions {
  readonly handle: Handler
  readonly host: string
  readonly port: number
  readonly certPem: string
  readonly keyPem: string
  /** The authorities whose client certificates are believed. */
  readonly clientAuthorityPem: string
  /** The authority of proxies who say for whom they ask; theirs are believed too, but not as users. */
  readonly frontProxyAuthorityPem?: string | undefined
  readonly clock: Clock
}

export interface HttpsServer {
  readonly address: { readonly host: string; readonly port: number }
  /** Serves new connections with this certificate from now on; open ones stay as they are. */
  renew(certPem: string, keyPem: string): void
  /** Takes no more requests, lets those in flight end for a moment, then closes what is left. */
  stop(graceMs: number): Promise<void>
}

/** As upstream: larger bodies are refused before they are read to their end. */
const longestBodyBytes = 3 * 1024 * 1024

/** Of a refused body over HTTP/1.1 as much is read and thrown away, so that the client comes to read the answer. */
const discardedBodyBytes = 64 * 1024 * 1024

/** As upstream: a request has this long to arrive. */
const uploadTimeoutMs = 60_000

/** Peers that went away without a word are found out by the system after this much silence. */
const keepAliveAfterMs = 30_000

/** What the uploads of one connection may have under way. */
const uploadWindowBytes = 4 << 20

const noBody: RequestBody = { type: 'none' }

const tooLarge = () =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity is too large: limit is ${longestBodyBytes}`)

const tooSlow = () =>
  new StatusError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {})

const declaredBytes = (lengthHeader: string | undefined): number => Number(lengthHeader ?? 0)

/** What has arrived before the peer went away is not a body: a part of a manifest may be a manifest. By events and with
 *  one promise, since an iteration waits several times for each small body. */
function readBody(source: Readable, sizeLimitBytes: number, clock: Clock): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    const fail = (error: Error) => {
      timer.cancel()
      reject(error)
    }
    const timer = clock.after(uploadTimeoutMs, () => reject(tooSlow()))
    source.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes <= longestBodyBytes) chunks.push(chunk)
      if (sizeBytes <= sizeLimitBytes) return
      // Not destroyed: the stream is answered on.
      source.pause()
      fail(tooLarge())
    })
    source.once('end', () => {
      timer.cancel()
      if (sizeBytes > longestBodyBytes) reject(tooLarge())
      else if (sizeBytes === 0) resolve(noBody)
      else resolve({ type: 'bytes', bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, sizeBytes) })
    })
    source.once('error', fail)
    source.once('close', () => fail(goneAway))
  })
}

interface Client {
  readonly peer: PeerCertificate | undefined
  /** It has presented a certificate that does not verify: an error, not an anonymous request. */
  readonly refused: boolean
}

const clients = new WeakMap<TLSSocket, Client>()

/** Upstream's attribute of a subject for the UID of a user. */
const uidAttribute = '1.3.6.1.4.1.57683.2'

interface PeerCertificateFields {
  readonly subject: Readonly<Record<string, string | string[] | undefined>>
  readonly fingerprint256: string
  readonly raw: Buffer
}

const asList = (value: string | string[] | undefined): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

type IsFrontProxy = (certificate: Buffer) => boolean

function issuedBy(authorityPem: string | undefined): IsFrontProxy {
  if (authorityPem === undefined) return () => false
  const authority = new X509Certificate(authorityPem)
  return (raw) => {
    const certificate = new X509Certificate(raw)
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
  }
}

/** Who is at the other end; read once per connection, since that is slow. */
function clientOf(socket: TLSSocket, isFrontProxy: IsFrontProxy): Client {
  const known = clients.get(socket)
  if (known !== undefined) return known
  const certificate: Partial<PeerCertificateFields> = socket.getPeerCertificate() ?? {}
  const { subject, fingerprint256, raw } = socket.authorized ? certificate : {}
  const client: Client = {
    peer: subject && {
      commonName: String(subject.CN ?? ''),
      organizations: asList(subject.O),
      uid: asList(subject[uidAttribute])[0],
      fingerprint: fingerprint256?.replaceAll(':', '').toLowerCase(),
      isFrontProxy: raw !== undefined && isFrontProxy(raw),
    },
    refused: !socket.authorized && Object.keys(certificate).length > 0,
  }
  clients.set(socket, client)
  return client
}

function makeRequest(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  socket: TLSSocket,
  body: RequestBody,
  signal: AbortSignal,
): ApiRequest {
  const mark = target.indexOf('?')
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers,
    body,
    peer: clients.get(socket)?.peer,
    remoteAddress: socket.remoteAddress,
    signal,
  }
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !name.startsWith(':')) plain[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}

/** A Status for what went wrong before the core was reached. */
function failure(error: unknown): ApiResponse {
  const status =
    error instanceof StatusError ? error : badRequest(error instanceof Error ? error.message : String(error))
  return {
    status: status.code,
    headers: { 'content-type': 'application/json' },
    body: { type: 'bytes', chunks: [Buffer.from(JSON.stringify(status.body))] },
  }
}

const unauthorized = (): ApiResponse => failure(new StatusError(401, 'Unauthorized', 'Unauthorized'))

/** One for all: every request ends with it, and to note where it was made would cost more than many a request. */
const goneAway = new Error('The client has gone away')

async function readStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, clock: Clock): Promise<RequestBody> {
  if (declaredBytes(headers['content-length']) > longestBodyBytes) throw tooLarge()
  const body = await readBody(stream, longestBodyBytes, clock)
  // An upload that was reset ends as one that is complete.
  if (stream.aborted || stream.closed) throw goneAway
  return body
}

async function readMessage(req: IncomingMessage, clock: Clock): Promise<RequestBody> {
  if (declaredBytes(req.headers['content-length']) > discardedBodyBytes) throw tooLarge()
  const body = await readBody(req, discardedBodyBytes, clock)
  if (!req.complete) throw goneAway
  return body
}

const hasBody = (method: string): boolean => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'

export async function serveHttps(options: HttpsOptions): Promise<HttpsServer> {
  const { handle, clock } = options
  const isFrontProxy = issuedBy(options.frontProxyAuthorityPem)
  const ca = [options.clientAuthorityPem, ...(options.frontProxyAuthorityPem ? [options.frontProxyAuthorityPem] : [])]
  const server: Http2SecureServer = createSecureServer({
    allowHTTP1: true,
    cert: options.certPem,
    key: options.keyPem,
    ca,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    maxSessionMemory: 256,
    settings: { maxConcurrentStreams: 10_000, initialWindowSize: 1 << 20 },
    // Go clients end a watch by resetting its stream; Node's guard against rapid resets would end the connection.
    streamResetBurst: 1_000_000,
    streamResetRate: 100_000,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveAfterMs,
  })

  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.setLocalWindowSize(uploadWindowBytes)
    session.once('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })

  const answer = async (
    socket: TLSSocket,
    signal: AbortSignal,
    request: { readonly method: string; readonly target: string; readonly headers: IncomingHttpHeaders },
    readBody: (() => Promise<RequestBody>) | undefined,
  ): Promise<ApiResponse> => {
    if (clientOf(socket, isFrontProxy).refused) return unauthorized()
    try {
      const body = readBody ? await readBody() : noBody
      const headers = plainHeaders(request.headers)
      return await handle(makeRequest(request.method, request.target, headers, socket, body, signal))
    } catch (error) {
      return failure(error)
    }
  }

  const onStream = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> => {
    const abort = new AbortController()
    stream.once('close', () => abort.abort(goneAway))
    stream.on('error', () => stream.destroy())
    const socket = stream.session?.socket as TLSSocket | undefined
    if (!socket) return
    const method = String(headers[':method'])
    if (headers.expect === '100-continue') stream.additionalHeaders({ ':status': 100 })
    const request = { method, target: String(headers[':path'] ?? '/'), headers }
    const read = hasBody(method) ? () => readStream(stream, headers, clock) : undefined
    const response = await answer(socket, abort.signal, request, read)
    if (stream.destroyed || stream.closed) return
    const head: OutgoingHttpHeaders = { ...response.headers, ':status': response.status }
    stream.respond(head, { endStream: method === 'HEAD' })
    if (method !== 'HEAD') await writeBody(stream, response, abort.signal)
    // Nobody is going to read what is left of a body that was refused.
    if (read && !stream.readableEnded) stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
  }

  /** Requests in flight, by connection; only over HTTP/1.1, which does not count them itself. */
  const inFlight = new WeakMap<TLSSocket, number>()
  const count = (socket: TLSSocket, change: number) => inFlight.set(socket, (inFlight.get(socket) ?? 0) + change)

  const onRequest = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const abort = new AbortController()
    const socket = req.socket as TLSSocket
    count(socket, 1)
    res.once('close', () => {
      count(socket, -1)
      abort.abort(goneAway)
    })
    const method = req.method ?? 'GET'
    const request = { method, target: req.url ?? '/', headers: req.headers }
    const read = hasBody(method) ? () => readMessage(req, clock) : undefined
    const response = await answer(socket, abort.signal, request, read)
    if (res.destroyed) return
    // What was not read of a refused body would be taken for the next request.
    if (!req.complete) res.setHeader('connection', 'close')
    if (response.body.type === 'bytes') {
      const length = response.body.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      res.setHeader('content-length', length)
    }
    res.writeHead(response.status, response.headers as OutgoingHttpHeaders)
    // The client of a watch waits for the head, and the first event may be long in coming.
    if (response.body.type === 'stream') res.flushHeaders()
    if (method === 'HEAD') res.end()
    else await writeBody(res, response, abort.signal)
  }

  const onUpgrade = async (req: IncomingMessage, socket: TLSSocket, head: Buffer): Promise<void> => {
    const abort = new AbortController()
    count(socket, 1)
    socket.once('close', () => abort.abort(goneAway))
    socket.on('error', () => socket.destroy())
    const request = { method: req.method ?? 'GET', target: req.url ?? '/', headers: req.headers }
    const response = await answer(socket, abort.signal, request, undefined)
    if (response.body.type === 'upgrade') {
      await response.body.accept({ socket: socket as Duplex, head, rawHeaders: req.rawHeaders })
      return
    }
    // The answer stands for itself, as if no upgrade had been asked for; the end of the connection is its end.
    const lines = Object.entries({ ...response.headers, connection: 'close' }).flatMap(([name, values]) =>
      [values].flat().map((value) => `${name}: ${value}\r\n`),
    )
    socket.write(`HTTP/1.1 ${response.status} ${reasonPhrase(response.status)}\r\n${lines.join('')}\r\n`)
    await writeBody(socket, response, abort.signal)
  }

  server.on('request', (req, res) => {
    const h1 = req as unknown as IncomingMessage
    onRequest(h1, res as unknown as ServerResponse).catch(() => h1.socket.destroy())
  })
  // Listening for 'request' also turned on the compatibility layer for HTTP/2, which is not wanted.
  server.removeAllListeners('stream')
  server.on('stream', (stream, headers) => {
    onStream(stream as ServerHttp2Stream, headers).catch(() => stream.destroy())
  })
  server.on('upgrade', (req: IncomingMessage, socket: TLSSocket, head: Buffer) => {
    onUpgrade(req, socket, head).catch(() => socket.destroy())
  })
  server.on('tlsClientError', () => undefined)

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  // Of single connections that could not be accepted, as when the process has too many files open.
  server.on('error', () => undefined)
  const sockets = new Set<TLSSocket>()
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
    })
    socket.on('error', () => socket.destroy())
  })

  return {
    address: { host: options.host, port },
    renew: (certPem, keyPem) => server.setSecureContext({ cert: certPem, key: keyPem, ca, minVersion: 'TLSv1.2' }),
    async stop(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const session of sessions) session.close()
      for (const socket of sockets) if (socket.alpnProtocol !== 'h2' && !inFlight.get(socket)) socket.destroy()
      const timer = clock.after(graceMs, () => {
        for (const session of sessions) session.destroy()
        for (const socket of sockets) socket.destroy()
      })
      await closed
      timer.cancel()
    },
  }
}
