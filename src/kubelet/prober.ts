// One probe of one container, and its answer in upstream's words. This file holds the seam and the real
// thing over sockets; a simulated runtime answers for its own containers. When and how often is probes.ts's part.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js'
import type { Clock } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import type { Runtime } from './runtime/runtime.ts'

export type ProbeTarget =
  | { readonly type: 'exec'; readonly command: readonly string[] }
  | {
      readonly type: 'httpGet'
      readonly scheme: 'http' | 'https'
      readonly host: string
      readonly port: number
      readonly path: string
      readonly headers: readonly { readonly name: string; readonly value: string }[]
    }
  | { readonly type: 'tcpSocket'; readonly host: string; readonly port: number }
  | { readonly type: 'grpc'; readonly host: string; readonly port: number; readonly service: string }

export interface ProbeContext {
  readonly containerId: string
  readonly timeoutMs: number
}

export interface ProbeOutcome {
  /** `error`: the probe could not be made; it counts as a failure, and is worded differently. */
  readonly result: 'success' | 'failure' | 'error'
  readonly output: string
}

/** Never rejects. */
export interface Prober {
  probe(target: ProbeTarget, context: ProbeContext): Promise<ProbeOutcome>
}

export const failure = (output: string): ProbeOutcome => ({ result: 'failure', output })
export const success = (output = ''): ProbeOutcome => ({ result: 'success', output })

const mostBodyBytes = 10 * 1024
const mostRedirects = 10

export const hostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Whether an HTTP status lets the probe succeed. */
export const isHealthy = (status: number): boolean => status >= 200 && status < 400

const badStatus = 'HTTP probe failed with statuscode: '

export const httpOutcome = (status: number, body: string): ProbeOutcome =>
  isHealthy(status) ? success(body) : failure(`${badStatus}${status}`)

/** Somebody has answered over HTTP, if only to refuse. */
export const isAnswer = ({ output }: ProbeOutcome): boolean => output.startsWith(badStatus)

/** Probes over real sockets, and commands through the runtime. */
export function runtimeProber(clock: Clock, runtime: Pick<Runtime, 'execSync'>): Prober {
  return {
    async probe(target, context) {
      try {
        switch (target.type) {
          case 'exec':
            return await probeExec(runtime, context, target.command)
          case 'httpGet':
            return await probeHttp(clock, target, context.timeoutMs)
          case 'tcpSocket':
            return await probeTcp(clock, target, context.timeoutMs)
          case 'grpc':
            return await probeGrpc(clock, target, context.timeoutMs)
        }
      } catch (error) {
        return { result: 'error', output: errorText(error) }
      }
    },
  }
}

async function probeExec(
  runtime: Pick<Runtime, 'execSync'>,
  { containerId, timeoutMs }: ProbeContext,
  command: readonly string[],
): Promise<ProbeOutcome> {
  try {
    const { exitCode, stdout, stderr } = await runtime.execSync(containerId, command, timeoutMs)
    const output = Buffer.concat([stdout, stderr]).toString().slice(0, mostBodyBytes)
    return exitCode === 0 ? success(output) : failure(output)
  } catch (error) {
    const text = errorText(error)
    // A command that takes too long is a failure of the container, not of the probe.
    if (/timed out|timeout|DeadlineExceeded|deadline exceeded/i.test(text))
      return failure(`command ${JSON.stringify(command.join(' '))} timed out`)
    throw error
  }
}

type Http = Extract<ProbeTarget, { type: 'httpGet' }>

async function probeHttp(clock: Clock, target: Http, timeoutMs: number): Promise<ProbeOutcome> {
  const control = new AbortController()
  const timer = clock.after(timeoutMs, () => control.abort())
  const path = target.path.startsWith('/') ? target.path : `/${target.path}`
  const first = `${target.scheme}://${hostPort(target.host, target.port)}${path}`
  try {
    let url = new URL(first)
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const answer = await get(url, target, control.signal)
      const to =
        answer.status >= 300 && answer.status < 400 && answer.location ? new URL(answer.location, url) : undefined
      if (!to) return httpOutcome(answer.status, answer.body)
      // Another host is not ours to judge: upstream takes it for a success and warns.
      if (to.hostname !== url.hostname) return success(`Probe terminated redirects, Response body: ${answer.body}`)
      url = to
    }
    return failure(`Get ${JSON.stringify(first)}: stopped after ${mostRedirects} redirects`)
  } catch (error) {
    if (control.signal.aborted)
      return failure(
        `Get ${JSON.stringify(first)}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      )
    return failure(`Get ${JSON.stringify(first)}: ${dialError(error, target)}`)
  } finally {
    timer.cancel()
  }
}

interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly body: string
}

function get(url: URL, target: Http, signal: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.37', Accept: '*/*', Connection: 'close' }
  for (const { name, value } of target.headers) headers[name] = value
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    // A probe asks whether it answers, not who it is: upstream does not verify either.
    // Nor does it mind lines that end with LF alone.
    const options = { headers, signal, agent: false as const, rejectUnauthorized: false, insecureHTTPParser: true }
    const outgoing = request(url, options, (incoming: IncomingMessage) => {
      const chunks: Buffer[] = []
      let size = 0
      const done = () => {
        const { statusCode: status = 0, headers } = incoming
        resolve({ status, location: headers.location, body: Buffer.concat(chunks).toString().slice(0, mostBodyBytes) })
        outgoing.destroy()
      }
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size >= mostBodyBytes) done()
      })
      incoming.once('end', done)
      incoming.once('error', reject)
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

/** Go's words for what went wrong with a connection. */
function dialError(error: unknown, { host, port }: { host: string; port: number }): string {
  const code = (error as { code?: string }).code ?? ''
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
  }
  const word = words[code]
  if (word) return `dial tcp ${hostPort(host, port)}: ${word}`
  if (code === 'ECONNRESET') return 'EOF'
  return errorText(error)
}

type Tcp = Extract<ProbeTarget, { type: 'tcpSocket' }>

const probeTcp = (clock: Clock, { host, port }: Tcp, timeoutMs: number): Promise<ProbeOutcome> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    const finish = (outcome: ProbeOutcome) => {
      timer.cancel()
      socket.destroy()
      resolve(outcome)
    }
    const timer = clock.after(timeoutMs, () => finish(failure(`dial tcp ${hostPort(host, port)}: i/o timeout`)))
    socket.once('connect', () => finish(success()))
    socket.once('error', (error) => finish(failure(dialError(error, { host, port }))))
  })

type Grpc = Extract<ProbeTarget, { type: 'grpc' }>

/** grpc.health.v1.Health/Check, small enough to be written out: a name in, a number out. */
const health = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (service: string): Buffer => {
      const name = Buffer.from(service)
      return name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name])
    },
    requestDeserialize: (bytes: Buffer): string => bytes.toString(),
    responseSerialize: (status: number): Buffer => Buffer.from([0x08, status]),
    responseDeserialize: (bytes: Buffer): number => (bytes[0] === 0x08 ? bytes[1]! : 0),
  },
}

const servingStates = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

interface HealthClient {
  check(
    service: string,
    options: { deadline: Date },
    done: (error: { code: number; details: string } | null, status?: number) => void,
  ): void
  close(): void
}

const HealthClient = makeGenericClientConstructor(health, 'Health')

const probeGrpc = (clock: Clock, target: Grpc, timeoutMs: number): Promise<ProbeOutcome> =>
  new Promise((resolve) => {
    const address = hostPort(target.host, target.port)
    const client = new HealthClient(address, credentials.createInsecure(), {
      'grpc.primary_user_agent': 'kube-probe/1.37',
    }) as unknown as HealthClient
    const finish = (outcome: ProbeOutcome) => {
      timer.cancel()
      client.close()
      resolve(outcome)
    }
    const late = `timeout: failed to connect service ${JSON.stringify(address)} within ${timeoutMs / 1000}s: context deadline exceeded`
    const timer = clock.after(timeoutMs, () => finish(failure(late)))
    client.check(target.service, { deadline: new Date(clock.now() + timeoutMs) }, (error, status = 0) => {
      if (!error && status === 1) return finish(success('service healthy'))
      if (!error) return finish(failure(`service unhealthy (responded with "${servingStates[status] ?? status}")`))
      if (error.code === 12)
        return finish(failure(`error: this server does not implement the grpc health protocol (grpc.health.v1.Health)`))
      if (error.code === 4 || error.code === 14) return finish(failure(late))
      finish(failure(`error: health rpc probe failed: ${error.details}`))
    })
  })
