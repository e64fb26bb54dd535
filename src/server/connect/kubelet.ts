// The way from the API server to a node's agent: its address is read from the Node's status, the connection is
// TLS with the server's own client certificate, and the agent's certificate must come from the cluster's authority.

import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import type { Node } from '#api/core/node.ts'
import { StatusError } from '#api/status-error.ts'
import { mayBeStale, onLiveConnection, StaleConnection } from '#lib/stale-connection.ts'

export interface KubeletCredentials {
  readonly authorityPem: string
  readonly certPem: string
  readonly keyPem: string
}

export interface KubeletAddress {
  readonly host: string
  readonly port: number
}

/** Agents keep it longer. */
const idleConnectionMs = 30_000

const unavailable = (text: string) => new StatusError(503, 'ServiceUnavailable', text)

/** Where the agent of a node listens. Upstream prefers the same order of addresses. */
export function kubeletAddress(node: Node): KubeletAddress {
  const addresses = node.status.addresses ?? []
  const preferred = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP']
  const host =
    addresses.find((a) => a.type === 'InternalIP')?.address ??
    preferred.map((type) => addresses.find((a) => a.type === type)?.address).find((a) => a !== undefined)
  const port = node.status.daemonEndpoints?.kubeletEndpoint?.Port ?? 0
  if (!host || port === 0)
    throw unavailable(`node ${JSON.stringify(node.metadata.name)} has no agent that can be reached`)
  return { host, port }
}

export interface KubeletAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

export interface KubeletAsk {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  readonly signal: AbortSignal
}

export interface Kubelets {
  ask(address: KubeletAddress, what: KubeletAsk): Promise<KubeletAnswer>
  /** A raw TLS connection, for an upgrade. */
  connect(address: KubeletAddress): Promise<Duplex>
  /** A connection that the agent opens for us to where the path says. */
  tunnel(address: KubeletAddress, path: string, signal: AbortSignal): Promise<Duplex>
  close(): void
}

/** The beginning of an answer, as for an error's text. */
export async function text(body: AsyncIterable<Uint8Array>, atMostBytes = 4096): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes >= atMostBytes) break
  }
  return Buffer.concat(chunks).subarray(0, atMostBytes).toString().trim()
}

export function createKubelets(credentials: KubeletCredentials): Kubelets {
  const tls = { ca: credentials.authorityPem, cert: credentials.certPem, key: credentials.keyPem }
  const agent = new Agent({ ...tls, keepAlive: true, maxFreeSockets: 16, timeout: idleConnectionMs })
  const ask = ({ host, port }: KubeletAddress, what: KubeletAsk): Promise<KubeletAnswer> =>
    new Promise((resolve, reject) => {
      const { method, path, headers = {}, body, signal } = what
      const request = httpsRequest({ agent, host, port, method, path, headers, signal }, (answer: IncomingMessage) =>
        resolve({
          status: answer.statusCode ?? 502,
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(', ') : (value ?? ''),
            ]),
          ),
          body: answer,
        }),
      )
      request.once('error', ({ message }) => {
        const cause = unavailable(`error dialing backend: ${message}`)
        reject(mayBeStale(request) && !signal.aborted ? new StaleConnection(message, { cause }) : cause)
      })
      request.end(body)
    })
  return {
    ask: (address, what) => onLiveConnection(() => ask(address, what)),
    tunnel: ({ host, port }, path, signal) =>
      new Promise((resolve, reject) => {
        const headers = { connection: 'Upgrade', upgrade: 'tcp' }
        const request = httpsRequest({ ...tls, agent: false, host, port, path, headers, signal })
        request.once('upgrade', (_answer, socket, head) => {
          if (head.length > 0) socket.unshift(head)
          resolve(socket)
        })
        request.once('response', (answer) => {
          text(answer).then((why) => reject(unavailable(why)), reject)
        })
        request.once('error', (error) => {
          reject(signal.aborted ? signal.reason : unavailable(`error dialing backend: ${error.message}`))
        })
        request.end()
      }),
    connect: ({ host, port }) =>
      new Promise((resolve, reject) => {
        const socket = tlsConnect({ ...tls, host, port, ALPNProtocols: ['http/1.1'] })
        socket.once('error', reject)
        socket.once('secureConnect', () => {
          socket.off('error', reject)
          resolve(socket)
        })
      }),
    close: () => agent.destroy(),
  }
}
