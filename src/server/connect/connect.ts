// The verbs that connect a client with a running container: log, exec, attach, port-forward and the proxies. The
// server finds the pod's node and relays to its agent; what flows afterwards is not looked at.

import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { badRequest, internalError, StatusError } from '#api/status-error.ts'
import type { Random } from '#lib/random.ts'
import { relayUpgrade, withoutCredentials } from '#lib/relay.ts'
import { plain } from '../answer.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { wantsSocket } from '../web-socket.ts'
import { chooseEndpoint } from './endpoint.ts'
import { type KubeletAddress, type KubeletAnswer, type Kubelets, kubeletAddress, text } from './kubelet.ts'
import { logSocket } from './log-socket.ts'
import { answerThroughProxy } from './proxied-answer.ts'
import { logQuery, streamQuery } from './queries.ts'

export interface ConnectCall {
  readonly request: ApiRequest
  readonly namespace: string
  readonly name: string
  /** What stands behind the subresource in the path, with its leading slash; only a proxy has it. */
  readonly rest: string
}

export type ConnectHandler = (call: ConnectCall) => Promise<ApiResponse>

/** Reads objects as they are now; each throws NotFound as a GET would. */
export interface ConnectLookups {
  pod(namespace: string, name: string): Pod
  node(name: string): Node
  service(namespace: string, name: string): Service
  endpointSlices(namespace: string, service: string): readonly EndpointSlice[]
}

export interface ConnectOptions {
  readonly kubelets: Kubelets
  readonly lookups: ConnectLookups
  readonly random: Random
}

/** The handlers by `<resource>/<subresource>`. */
export function connectHandlers({
  kubelets,
  lookups,
  random,
}: ConnectOptions): Readonly<Record<string, ConnectHandler>> {
  const addressOf = (pod: Pod): KubeletAddress => {
    if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
    return kubeletAddress(lookups.node(pod.spec.nodeName))
  }

  const streamTo = (path: string, address: KubeletAddress, request: ApiRequest): ApiResponse => {
    if (!request.headers.upgrade) throw badRequest('Upgrade request required')
    return upgrade(kubelets, address, path, request)
  }

  const inContainer =
    (verb: 'exec' | 'attach'): ConnectHandler =>
    async ({ request, namespace, name }) => {
      const pod = lookups.pod(namespace, name)
      const container = chooseContainer(pod, request.query.get('container') ?? '')
      const query = streamQuery(request.query)
      return streamTo(`/${verb}/${namespace}/${name}/${container}?${query}`, addressOf(pod), request)
    }

  return {
    'pods/exec': inContainer('exec'),
    'pods/attach': inContainer('attach'),
    'pods/portforward': async ({ request, namespace, name }) => {
      const pod = lookups.pod(namespace, name)
      const ports = request.query.getAll('ports').map((port) => ['port', port])
      return streamTo(`/portForward/${namespace}/${name}?${new URLSearchParams(ports)}`, addressOf(pod), request)
    },
    'pods/log': async ({ request, namespace, name }) => {
      const pod = lookups.pod(namespace, name)
      const container = chooseContainer(pod, request.query.get('container') ?? '')
      // As upstream: what runs nowhere yet has said nothing.
      if (!pod.spec.nodeName) return plain(200, '')
      const address = addressOf(pod)
      const path = `/containerLogs/${namespace}/${name}/${container}?${logQuery(request.query)}`
      return logAnswer(request, await kubelets.ask(address, { method: 'GET', path, signal: request.signal }))
    },
    'pods/proxy': async (call) => {
      const target = parseTarget(call.name)
      const pod = lookups.pod(call.namespace, target.name)
      const port = podPort(pod, target.port)
      const behind = hostPort(pod.status.podIP ?? '', port)
      return proxy(kubelets, { address: addressOf(pod), path: podPath(pod, port, call), behind }, call)
    },
    'services/proxy': async (call) => {
      const { namespace, name } = call
      const target = parseTarget(name)
      const service = lookups.service(namespace, target.name)
      const slices = lookups.endpointSlices(namespace, target.name)
      const { pod: podName, port, address } = chooseEndpoint(service, target.port, slices, random)
      if (podName === undefined) throw forbiddenEndpoint(address)
      const pod = lookups.pod(namespace, podName)
      const behind = hostPort(address, port)
      return proxy(kubelets, { address: addressOf(pod), path: podPath(pod, port, call), behind }, call)
    },
    'nodes/proxy': async (call) => {
      const address = kubeletAddress(lookups.node(parseTarget(call.name).name))
      const path = `${call.rest === '' ? '/' : call.rest}${queryOf(call.request)}`
      return proxy(kubelets, { address, path, behind: hostPort(address.host, address.port) }, call)
    },
  }
}

/** The container that is meant; a pod with several needs a name, as upstream words it. */
export function chooseContainer(pod: Pod, wanted: string): string {
  const { name } = pod.metadata
  const containers = pod.spec.containers.map((c) => c.name)
  const init = (pod.spec.initContainers ?? []).map((c) => c.name)
  const ephemeral = (pod.spec.ephemeralContainers ?? []).map((c) => c.name)
  if (wanted !== '') {
    if ([...containers, ...init, ...ephemeral].includes(wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  if (containers.length === 1) return containers[0]!
  const inits = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]${inits}`,
  )
}

async function* batches(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  for await (const chunk of body) yield [chunk]
}

async function logAnswer(request: ApiRequest, answer: KubeletAnswer): Promise<ApiResponse> {
  if (answer.status >= 400) {
    const why = await text(answer.body)
    if (answer.status === 400) throw badRequest(why)
    if (answer.status === 404) throw new StatusError(404, 'NotFound', why)
    throw internalError(new Error(why))
  }
  if (wantsSocket(request)) return logSocket(request, answer.body)
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: { type: 'stream', batches: batches(answer.body) },
  }
}

/** A user of the proxy is not to reach what only the server can: upstream refuses endpoints that are no pods' too. */
const forbiddenEndpoint = (address: string): StatusError =>
  new StatusError(503, 'ServiceUnavailable', `address ${address} is not the address of a pod`)

interface ProxyTarget {
  readonly name: string
  /** A number, a name, or empty. */
  readonly port: string
}

/** `name`, `name:port` or `scheme:name:port`. */
export function parseTarget(text: string): ProxyTarget {
  const parts = text.split(':')
  if (parts.length > 3) throw badRequest(`invalid proxy request ${JSON.stringify(text)}`)
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts
  return { name, port }
}

function podPort(pod: Pod, wanted: string): number {
  if (/^\d+$/.test(wanted)) return Number(wanted)
  const ports = pod.spec.containers.flatMap((c) => c.ports ?? [])
  const port = wanted === '' ? ports[0] : ports.find((p) => p.name === wanted)
  if (port) return port.containerPort
  if (wanted === '') return 80
  throw badRequest(`pod ${pod.metadata.name} has no port named ${JSON.stringify(wanted)}`)
}

const queryOf = (request: ApiRequest): string => (request.query.size > 0 ? `?${request.query}` : '')

/** The agent forwards these to the pod's own address. */
const podPath = (pod: Pod, port: number, { rest, request }: ConnectCall): string =>
  `/podProxy/${pod.metadata.namespace}/${pod.metadata.name}/${port}${rest === '' ? '/' : rest}${queryOf(request)}`

/** Headers that belong to one connection and not to the message (RFC 9110, 7.6.1), and credentials. */
const notForwarded = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'host',
  'authorization',
  'proxy-connection',
  'trailer',
])

const forwarded = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) =>
        !name.startsWith(':') && !notForwarded.has(name) && withoutCredentials(name, value) !== undefined,
    ),
  )

/** Hands the connection over as it is: the agent, or what stands behind it, answers the upgrade. */
const upgrade = (kubelets: Kubelets, address: KubeletAddress, path: string, request: ApiRequest): ApiResponse => ({
  status: 101,
  headers: {},
  body: {
    type: 'upgrade',
    accept: ({ socket, head, rawHeaders }) =>
      relayUpgrade({
        client: socket,
        head,
        rawHeaders,
        method: request.method,
        connect: () => kubelets.connect(address),
        host: `${address.host}:${address.port}`,
        path,
      }),
  },
})

/** A page at the root would look for what belongs to it beside the proxy, not below: it is asked for with a slash. */
const lacksSlash = ({ rest, request: { method } }: ConnectCall): boolean =>
  rest === '' && (method === 'GET' || method === 'HEAD')

interface Proxied {
  readonly address: KubeletAddress
  readonly path: string
  /** How who answers in the end calls itself. */
  readonly behind: string
}

const hostPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

async function proxy(kubelets: Kubelets, { address, path, behind }: Proxied, call: ConnectCall): Promise<ApiResponse> {
  const { request, rest } = call
  if (request.headers.upgrade) return upgrade(kubelets, address, path, request)
  if (lacksSlash(call)) {
    const moved = plain(301, '')
    return { ...moved, headers: { ...moved.headers, location: `${request.path}/${queryOf(request)}` } }
  }
  const answer = await kubelets.ask(address, {
    method: request.method,
    path,
    headers: { ...forwarded(request.headers), 'x-forwarded-uri': request.path },
    body: request.body.type === 'bytes' ? request.body.bytes : undefined,
    signal: request.signal,
  })
  const prefix = request.path.slice(0, request.path.length - rest.length)
  const place = { prefix, behind, front: request.headers.host ?? '' }
  const { status, headers, body } = answerThroughProxy(answer, request.method, place)
  return { status, headers: forwarded(headers), body: { type: 'stream', batches: batches(body) } }
}
