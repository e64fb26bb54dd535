// For tests: an extension API server, as upstream's sample is one. It keeps flunders in memory, serves them over TLS,
// believes only the front proxy about who asks, and remembers what it was asked. Beside it a server in front, and the
// Service, endpoints and APIService by which that finds it.

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server as HttpsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import { type CustomKinds, startCustomKinds } from '../custom/custom-kinds.ts'
import { type TestServer, type TestServerOptions, testServer } from '../fixture.ts'
import { type Aggregation, startAggregation } from './aggregation.ts'

export const group = 'wardle.example.com'
export const groupVersion = `${group}/v1alpha1`
export const serviceName = 'v1alpha1.wardle.example.com'
export const servicesUrl = '/apis/apiregistration.k8s.io/v1/apiservices'
export const flundersUrl = `/apis/${groupVersion}/namespaces/default/flunders`

export interface Pki {
  /** Of the extension API server's own certificate. */
  readonly authority: KeyPair
  readonly serving: KeyPair
  readonly frontProxyAuthority: KeyPair
  readonly frontProxyClient: KeyPair
}

export async function makePki(): Promise<Pki> {
  const nowMs = realClock.now()
  const base = { nowMs, lifetimeMs: 3_600_000 }
  const [authority, frontProxyAuthority] = await Promise.all([
    createAuthority('wardle-ca', nowMs),
    createAuthority('front-proxy-ca', nowMs),
  ])
  const [serving, frontProxyClient] = await Promise.all([
    issue(authority, { ...base, commonName: 'wardle', dnsNames: ['api.wardle.svc'], usages: ['server'] }),
    issue(frontProxyAuthority, { ...base, commonName: 'front-proxy-client', usages: ['client'] }),
  ])
  return { authority, serving, frontProxyAuthority, frontProxyClient }
}

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headersDistinct']
}

interface Flunder {
  readonly apiVersion: string
  readonly kind: 'Flunder'
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace: string }
  readonly [field: string]: unknown
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

const schema = {
  type: 'object',
  description: 'A flunder.',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    spec: { type: 'object', properties: { reference: { type: 'string', description: 'To what.' } } },
  },
  'x-kubernetes-group-version-kind': [{ group, version: 'v1alpha1', kind: 'Flunder' }],
}

const openApiV2 = {
  swagger: '2.0',
  info: { title: 'wardle-server', version: '0.1.0' },
  paths: {
    [`/apis/${groupVersion}/namespaces/{namespace}/flunders`]: {
      post: {
        description: 'create a Flunder',
        consumes: ['*/*'],
        produces: ['application/json'],
        operationId: 'createFlunder',
        parameters: [
          { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/com.example.wardle.Flunder' } },
        ],
        responses: { '200': { description: 'OK', schema: { $ref: '#/definitions/com.example.wardle.Flunder' } } },
      },
    },
    '/apis/other.example.com/v1/things': { get: { responses: {} } },
  },
  definitions: {
    'com.example.wardle.Flunder': schema,
    'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
      type: 'object',
      description: 'Another one of this name.',
      properties: { name: { type: 'string' } },
    },
    'com.example.other.Thing': { type: 'object' },
  },
}

const flunderV3 = {
  ...schema,
  properties: { ...schema.properties, metadata: { type: 'object' } },
}

const openApiV3 = {
  openapi: '3.0.0',
  info: openApiV2.info,
  paths: {
    [`/apis/${groupVersion}/namespaces/{namespace}/flunders`]: {
      get: {
        operationId: 'listFlunder',
        'x-kubernetes-action': 'list',
        'x-kubernetes-group-version-kind': { group, version: 'v1alpha1', kind: 'Flunder' },
        responses: {},
      },
    },
  },
  components: { schemas: { Flunder: flunderV3 } },
}

/** Serves flunders until it is stopped; `behave` may answer instead. */
export class Wardle {
  readonly asked: Asked[] = []
  behave: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined
  hasOpenApiV3 = true
  upgrades = true
  resources: object[] = [
    { name: 'flunders', singularName: 'flunder', namespaced: true, kind: 'Flunder', shortNames: ['fl'], verbs },
    { name: 'flunders/status', singularName: '', namespaced: true, kind: 'Flunder', verbs: ['get', 'update'] },
  ]
  readonly #server: HttpsServer
  readonly #flunders = new Map<string, Flunder>()
  readonly #watchers = new Set<ServerResponse>()
  readonly #sockets = new Set<Duplex>()
  #revision = 0

  constructor({ serving, frontProxyAuthority }: Pki) {
    this.#server = createServer({
      cert: serving.certPem,
      key: serving.keyPem,
      ca: frontProxyAuthority.certPem,
      requestCert: true,
      rejectUnauthorized: false,
    })
    this.#server.on('request', (req, res) => void this.#answer(req, res))
    this.#server.on('upgrade', (req, socket: Duplex, head: Buffer) => {
      this.#note(req)
      socket.on('error', () => socket.destroy())
      if (!this.upgrades) {
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 11\r\nConnection: keep-alive\r\n\r\nno upgrades')
        // What comes next on the connection would be another request.
        socket.on('data', () => this.asked.push({ method: '', url: 'smuggled', headers: {} }))
        return
      }
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.write(head)
      socket.pipe(socket)
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  async start(host = '127.0.0.1'): Promise<void> {
    this.#server.listen(0, host)
    await once(this.#server, 'listening')
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  #note({ method = '', url = '', headersDistinct }: IncomingMessage): void {
    this.asked.push({ method, url, headers: headersDistinct })
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.#note(req)
    const socket = req.socket as TLSSocket
    if (!socket.authorized || socket.getPeerCertificate().subject.CN !== 'front-proxy-client')
      return send(res, 401, { kind: 'Status', code: 401, message: 'Unauthorized', reason: 'Unauthorized' })
    if (this.behave?.(req, res)) return
    const url = new URL(req.url ?? '/', 'https://wardle')
    const { pathname } = url
    if (pathname === `/apis/${groupVersion}`)
      return send(res, 200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: this.resources })
    if (pathname === '/openapi/v2') return send(res, 200, openApiV2)
    if (pathname.startsWith('/openapi/v3') && this.hasOpenApiV3) return this.#openApiV3(url, res)
    const match = new RegExp(`^/apis/${groupVersion}(?:/namespaces/([^/]+))?/flunders(?:/([^/]+))?$`).exec(pathname)
    if (!match) return send(res, 404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'no such path' })
    await this.#serve(req, res, { namespace: match[1] ?? '', name: match[2], url })
  }

  #openApiV3({ pathname, searchParams }: URL, res: ServerResponse): void {
    const path = `apis/${groupVersion}`
    const location = `/openapi/v3/${path}?hash=ABC`
    if (pathname === '/openapi/v3') send(res, 200, { paths: { [path]: { serverRelativeURL: location } } })
    else if (!['ABC', null].includes(searchParams.get('hash'))) res.writeHead(301, { location }).end()
    else send(res, pathname === `/openapi/v3/${path}` ? 200 : 404, openApiV3)
  }

  async #serve(
    req: IncomingMessage,
    res: ServerResponse,
    { namespace, name, url }: { namespace: string; name: string | undefined; url: URL },
  ): Promise<void> {
    const metadata = { resourceVersion: String(this.#revision) }
    const inNamespace = [...this.#flunders.values()].filter(
      (each) => !namespace || each.metadata.namespace === namespace,
    )
    if (name === undefined) {
      if (url.searchParams.get('watch')) return this.#watch(res)
      if (req.method === 'GET')
        return send(res, 200, { kind: 'FlunderList', apiVersion: groupVersion, metadata, items: inNamespace })
      if (req.method === 'POST') return send(res, 201, this.#put(namespace, JSON.parse(await bodyOf(req))))
      for (const each of inNamespace) this.#delete(each)
      return send(res, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' })
    }
    const known = this.#flunders.get(`${namespace}/${name}`)
    if (!known) {
      const message = `flunders.${group} "${name}" not found`
      return send(res, 404, {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        message,
        reason: 'NotFound',
        code: 404,
      })
    }
    if (req.method === 'GET') return send(res, 200, known)
    if (req.method === 'DELETE') {
      this.#delete(known)
      return send(res, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' })
    }
    const change = JSON.parse(await bodyOf(req))
    return send(
      res,
      200,
      this.#put(namespace, { ...known, ...change, metadata: { ...known.metadata, ...change.metadata } }),
    )
  }

  #put(namespace: string, object: Flunder): Flunder {
    const key = `${namespace}/${object.metadata.name}`
    const type = this.#flunders.has(key) ? 'MODIFIED' : 'ADDED'
    this.#revision++
    const resourceVersion = String(this.#revision)
    const uid = `uid-${object.metadata.name}`
    const flunder: Flunder = {
      ...object,
      apiVersion: groupVersion,
      kind: 'Flunder',
      metadata: { uid, ...object.metadata, namespace, resourceVersion },
    }
    this.#flunders.set(key, flunder)
    this.#tell(type, flunder)
    return flunder
  }

  #delete(flunder: Flunder): void {
    this.#revision++
    this.#flunders.delete(`${flunder.metadata.namespace}/${flunder.metadata.name}`)
    this.#tell('DELETED', flunder)
  }

  #watch(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'application/json' })
    res.flushHeaders()
    this.#watchers.add(res)
    res.once('close', () => this.#watchers.delete(res))
  }

  #tell(type: string, object: Flunder): void {
    for (const watcher of this.#watchers) watcher.write(`${JSON.stringify({ type, object })}\n`)
  }
}

function send(res: ServerResponse, status: number, value: object): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(value))
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export interface AggregatedServer extends TestServer {
  readonly aggregation: Aggregation
  readonly custom: CustomKinds
  readonly wardle: Wardle
  readonly pki: Pki
  /** Waits until the APIService is as wanted: nothing else moves time on. */
  // biome-ignore lint/suspicious/noExplicitAny: conditions as they stand in the answer
  until(isWanted: (condition: any) => boolean, name?: string): Promise<any>
  /** Makes Service, endpoints and APIService, and waits until it can be asked. */
  register(spec?: object): Promise<void>
}

export async function aggregatedServer(pki: Pki, options: TestServerOptions = {}): Promise<AggregatedServer> {
  const wardle = new Wardle(pki)
  await wardle.start()
  const api = await testServer({
    namespaces: ['default', 'wardle'],
    kinds: new KindRegistry(builtIn.all),
    dialService: async () => {
      const socket = connect(wardle.port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
    ...options,
  })
  const custom = startCustomKinds(api.server.core, api.server.handle)
  const aggregation = startAggregation(api.server.core, api.server.handle, { credentials: pki.frontProxyClient })
  await aggregation.registered()

  const until: AggregatedServer['until'] = async (isWanted, name = serviceName) => {
    const watch = await api.watch(`${servicesUrl}?watch=true&fieldSelector=metadata.name=${name}`)
    try {
      for (let events = await watch.next(); events; events = await watch.next()) {
        for (const { object } of events) {
          const condition = object.status?.conditions?.find((each: { type: string }) => each.type === 'Available')
          if (condition && isWanted(condition)) return condition
        }
      }
    } finally {
      await watch.stop()
    }
  }
  const made: AggregatedServer = {
    ...api,
    aggregation,
    custom,
    wardle,
    pki,
    until,
    register: async (spec = { caBundle: Buffer.from(pki.authority.certPem).toString('base64') }) => {
      await must(made, '/api/v1/namespaces/wardle/services', service())
      await must(made, '/apis/discovery.k8s.io/v1/namespaces/wardle/endpointslices', slice())
      await must(made, servicesUrl, apiService(spec))
      await until(({ status }) => status === 'True')
    },
    stop: async () => {
      await aggregation.stop()
      custom.stop()
      await wardle.stop()
      await api.stop()
    },
  }
  return made
}

export async function must(api: TestServer, url: string, object: object): Promise<void> {
  const { status, text } = await api.ask('POST', url, object)
  if (status !== 201) throw new Error(text)
}

export const service = (port = 443) => ({
  metadata: { name: 'api' },
  spec: { clusterIP: '10.96.0.7', selector: { app: 'api' }, ports: [{ name: 'https', port, targetPort: 8443 }] },
})

export const slice = (endpoints: readonly object[] = [{ addresses: ['10.1.1.1'], conditions: { ready: true } }]) => ({
  metadata: { name: 'api-1', labels: { 'kubernetes.io/service-name': 'api' } },
  addressType: 'IPv4',
  endpoints,
  ports: [{ name: 'https', port: 8443, protocol: 'TCP' }],
})

export const apiService = (spec: object = {}) => ({
  metadata: { name: serviceName },
  spec: {
    group,
    version: 'v1alpha1',
    groupPriorityMinimum: 2000,
    versionPriority: 200,
    service: { namespace: 'wardle', name: 'api' },
    ...spec,
  },
})
