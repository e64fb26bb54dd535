// The agent's HTTPS API, on the paths of upstream's kubelet: logs, exec, attach and port-forward for the API
// server, the pods of this node and what they use, and a proxy to their addresses. Who may ask what is access.ts's
// part. Usage is for anybody who may see it, such as a Prometheus with a service account's token; all else is what the
// API server asks for.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { request as httpRequest } from 'node:http'
import { createServer, type Server } from 'node:https'
import { connect as tcpConnect } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TLSSocket } from 'node:tls'
import type { Pod } from '#api/core/pod.ts'
import { join, refuseUpgrade, relayUpgrade } from '#lib/relay.ts'
import type { Runtime, StreamTarget } from '../runtime/runtime.ts'
import { type AccessRequest, type Asker, type CheckAccess, onlyOwn, proxySettledVerb } from './access.ts'
import type { NodeStats } from './node-stats.ts'
import { RequestProblem } from './request-problem.ts'

/** What the API asks of the kubelet. */
export interface NodePods {
  pods(): readonly Pod[]
  /** The id of the container as it runs now; undefined: it does not. */
  containerId(namespace: string, pod: string, container: string): string | undefined
  sandboxId(namespace: string, pod: string): string | undefined
  /** Throws `RequestProblem` with what upstream says when there is no log yet. */
  readLog(
    namespace: string,
    pod: string,
    container: string,
    query: URLSearchParams,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>
}

export interface KubeletHttpOptions {
  readonly host: string
  readonly port: number
  readonly certPem: string
  readonly keyPem: string
  readonly authorityPem: string
  readonly pods: NodePods
  readonly runtime: Runtime
  /** Undefined: nothing is told of usage. */
  readonly stats?: NodeStats | undefined
  /** Undefined: the API server may ask everything, other nodes whether the proxy has caught up, nobody else anything. */
  readonly checkAccess?: CheckAccess | undefined
  /** Resolves when this node's service proxy has taken in the EndpointSlices up to this version. */
  readonly proxySettled?: ((resourceVersion: string) => Promise<void>) | undefined
}

export interface KubeletHttp {
  readonly port: number
  renew(certPem: string, keyPem: string): void
  stop(): Promise<void>
}

interface Place {
  readonly namespace: string
  readonly pod: string
  /** What stands behind the pod, as it was sent: a container's name, or a port and a path. */
  readonly rest: string
}

interface Asked {
  readonly verb: string
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

/** Unlike `URL`, takes no step up for `..`: a path behind a proxied pod must stay behind it. */
function askedOf({ url = '/' }: IncomingMessage): Asked {
  const mark = url.indexOf('?')
  const [verb = '', ...parts] = (mark < 0 ? url : url.slice(0, mark)).slice(1).split('/')
  return { verb, parts, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark)) }
}

const notFound = (): RequestProblem => new RequestProblem(404, '404 page not found')

function placeOf([namespace, pod, ...rest]: readonly string[]): Place {
  if (!namespace || !pod) throw notFound()
  return { namespace: decodeURIComponent(namespace), pod: decodeURIComponent(pod), rest: rest.join('/') }
}

/** Whom the client's certificate names. One that the cluster's authority has not signed names nobody. */
function certified(socket: TLSSocket): Asker | undefined {
  if (!socket.authorized) return undefined
  const subject = socket.getPeerCertificate()?.subject as Record<string, string | string[]> | undefined
  const [name] = [subject?.CN ?? []].flat()
  return name === undefined ? undefined : { name, groups: [subject?.O ?? []].flat() }
}

const accessRequest = (req: IncomingMessage): AccessRequest => ({
  method: req.method ?? 'GET',
  verb: askedOf(req).verb,
  certificate: certified(req.socket as TLSSocket),
  authorization: req.headers.authorization,
})

export async function serveKubeletHttp(options: KubeletHttpOptions): Promise<KubeletHttp> {
  const { pods, runtime, stats, checkAccess = onlyOwn } = options

  const podOf = ({ namespace, pod }: Place): Pod => {
    const found = pods.pods().find((p) => p.metadata.namespace === namespace && p.metadata.name === pod)
    if (!found) throw new RequestProblem(404, `pod "${pod}" not found`)
    return found
  }

  const runningContainer = (place: Place): string => {
    podOf(place)
    const id = pods.containerId(place.namespace, place.pod, place.rest)
    if (!id) throw new RequestProblem(404, `container not found ("${place.rest}")`)
    return id
  }

  /** Where an upgraded connection goes. */
  const streamTarget = async (verb: string, place: Place, query: URLSearchParams): Promise<StreamTarget> => {
    const streams = {
      stdin: query.get('input') === '1',
      stdout: query.get('output') === '1',
      stderr: query.get('error') === '1',
      tty: query.get('tty') === '1',
    }
    switch (verb) {
      case 'exec':
        return runtime.exec(runningContainer(place), query.getAll('command'), streams)
      case 'attach':
        return runtime.attach(runningContainer(place), streams)
      case 'portForward': {
        podOf(place)
        const sandbox = pods.sandboxId(place.namespace, place.pod)
        if (!sandbox) throw new RequestProblem(404, `pod "${place.pod}" is not running`)
        return runtime.portForward(sandbox, query.getAll('port').map(Number))
      }
      default:
        throw notFound()
    }
  }

  const proxyTarget = (place: Place, query: URLSearchParams): { host: string; port: number; path: string } => {
    const pod = podOf(place)
    const host = pod.status.podIP
    if (!host) throw new RequestProblem(503, `pod "${place.pod}" has no address yet`)
    const slash = place.rest.indexOf('/')
    const port = Number(slash < 0 ? place.rest : place.rest.slice(0, slash))
    const path = slash < 0 ? '/' : place.rest.slice(slash)
    return { host, port, path: query.size > 0 ? `${path}?${query}` : path }
  }

  const simulatedConnection = (place: Place, port: number): Duplex | undefined => {
    const sandbox = pods.sandboxId(place.namespace, place.pod)
    try {
      return sandbox === undefined ? undefined : runtime.dial?.(sandbox, port)
    } catch (error) {
      throw unreachable(error as Error)
    }
  }

  const dialPod = async (place: Place, host: string, port: number): Promise<Duplex> =>
    simulatedConnection(place, port) ?? dial(host, port)

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { verb, parts, query } = askedOf(req)
    const gone = new AbortController()
    if (res.closed) return
    res.once('close', () => gone.abort())
    switch (verb) {
      case 'healthz':
        res.end('ok')
        return
      case 'metrics':
        if (!stats || (parts.length > 0 && parts.join('/') !== 'resource')) throw notFound()
        res.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
        res.end(await (parts.length > 0 ? stats.resourceMetrics() : stats.metrics()))
        return
      case 'stats':
        if (!stats || parts.join('/') !== 'summary') throw notFound()
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify(await stats.summary(query, gone.signal)))
        return
      case proxySettledVerb:
        await options.proxySettled?.(query.get('resourceVersion') ?? '')
        res.end('ok')
        return
      case 'pods':
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods.pods() }))
        return
      case 'containerLogs': {
        const { namespace, pod, rest } = placeOf(parts)
        const log = await pods.readLog(namespace, pod, rest, query, gone.signal)
        res.writeHead(200, { 'content-type': 'text/plain' })
        // The head goes out at once: who follows a silent log knows that it has begun.
        res.flushHeaders()
        await pipeline(log, res)
        return
      }
      case 'podProxy': {
        const place = placeOf(parts)
        const target = proxyTarget(place, query)
        const simulated = simulatedConnection(place, target.port)
        const { host: _host, connection: _connection, authorization: _authorization, ...headers } = req.headers
        const { signal } = gone
        const through = simulated && { createConnection: () => simulated }
        const request = { ...target, ...through, method: req.method, headers, signal, insecureHTTPParser: lenient }
        const forward = httpRequest(request, (behind) => {
          res.writeHead(behind.statusCode ?? 502, behind.headers)
          behind.pipe(res)
        })
        forward.once('error', (error) => fail(res, unreachable(error)))
        req.pipe(forward)
        return
      }
      default:
        throw notFound()
    }
  }

  const fail = (res: ServerResponse, error: unknown): void => {
    if (res.headersSent) {
      res.destroy()
      return
    }
    res.writeHead(error instanceof RequestProblem ? error.code : 500, { 'content-type': 'text/plain' })
    res.end(error instanceof Error ? error.message : String(error))
  }

  const upgrade = async (req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { verb, parts, query } = askedOf(req)
    const place = placeOf(parts)
    const relay = (host: string, port: number, path: string, connect = () => dial(host, port)) =>
      relayUpgrade({
        client: socket,
        head,
        rawHeaders: req.rawHeaders,
        method: req.method ?? 'GET',
        host: `${host}:${port}`,
        path,
        connect,
        lenient,
      })
    if (verb === 'podProxy') {
      const { host, port, path } = proxyTarget(place, query)
      return relay(host, port, path, () => dialPod(place, host, port))
    }
    if (verb === 'podTunnel') {
      const { host, port } = proxyTarget(place, query)
      const behind = await dialPod(place, host, port)
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n')
      if (head.length > 0) behind.write(head)
      return join(socket, behind)
    }
    const target = await streamTarget(verb, place, query)
    if (target.type === 'serve') {
      target.serve({ socket, head, headers: req.headers })
      return
    }
    const behind = new URL(target.url)
    return relay(behind.hostname, Number(behind.port), behind.pathname + behind.search)
  }

  const server: Server = createServer({
    cert: options.certPem,
    key: options.keyPem,
    ca: options.authorityPem,
    requestCert: true,
    // Whoever shows no certificate may have a token.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    // Longer than the API server keeps an idle connection: what changes something cannot be asked again.
    keepAliveTimeout: 90_000,
  })
  const sockets = new Set<TLSSocket>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  server.on('tlsClientError', () => undefined)
  server.on('request', (req, res) => {
    checkAccess(accessRequest(req))
      .then(() => answer(req, res))
      .catch((error) => fail(res, error))
  })
  server.on('upgrade', (req, socket, head) => {
    checkAccess(accessRequest(req))
      .then(() => upgrade(req, socket, head))
      .catch((error) => refuse(socket, error))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    renew: (certPem, keyPem) => server.setSecureContext({ cert: certPem, key: keyPem, ca: options.authorityPem }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const unreachable = ({ message }: Error): RequestProblem =>
  new RequestProblem(502, `error trying to reach service: ${message}`)

/** Plain servers and scripts in pods end the lines of a head with LF alone, and upstream's proxy takes it. */
const lenient = true

const dial = (host: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = tcpConnect(port, host)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })

/** An upgrade that cannot be: answered as an ordinary response, whose text the client shows. */
function refuse(socket: Duplex, error: unknown): void {
  const code = error instanceof RequestProblem ? error.code : 500
  refuseUpgrade(socket, code, error instanceof Error ? error.message : String(error))
}
