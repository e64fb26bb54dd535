// Connections of the server to what stands behind a Service: webhooks, converters and extension API servers. A pod's
// address is only known to be reachable from its node, so that the node's agent opens the connection; any other
// endpoint is dialled as it is.

import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Random } from '#lib/random.ts'
import type { ConnectLookups } from './connect.ts'
import { chooseEndpoint } from './endpoint.ts'
import { type Kubelets, kubeletAddress } from './kubelet.ts'

export interface ServicePort {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/**
 * Opens a TCP connection to a ready endpoint of a Service. Throws NotFound, 503 in upstream's words, or the system's
 * error; the signal's reason when it aborts first.
 */
export type DialService = (service: ServicePort, signal: AbortSignal) => Promise<Duplex>

export interface ServiceDialOptions {
  readonly kubelets: Kubelets
  readonly lookups: ConnectLookups
  readonly random: Random
}

export const serviceDial =
  ({ kubelets, lookups, random }: ServiceDialOptions): DialService =>
  async ({ namespace, name, port }, signal) => {
    signal.throwIfAborted()
    const service = lookups.service(namespace, name)
    if (service.spec.type === 'ExternalName') return dial(service.spec.externalName ?? '', port, signal)
    const endpoint = chooseEndpoint(service, String(port), lookups.endpointSlices(namespace, name), random)
    if (endpoint.pod === undefined) return dial(endpoint.address, endpoint.port, signal)
    const { nodeName } = lookups.pod(namespace, endpoint.pod).spec
    const agent = kubeletAddress(lookups.node(nodeName ?? ''))
    return kubelets.tunnel(agent, `/podTunnel/${namespace}/${endpoint.pod}/${endpoint.port}`, signal)
  }

const dial = (host: string, port: number, signal: AbortSignal): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host)
    const abort = () => socket.destroy(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', reject)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
