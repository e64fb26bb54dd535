// Which of a Service's endpoints the server itself talks to: any that is ready, as upstream, so that load spreads.

import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { StatusError } from '#api/status-error.ts'
import { type Random, randomInt } from '#lib/random.ts'

export interface ChosenEndpoint {
  readonly address: string
  readonly port: number
  /** The name of the pod that has the address, in the Service's namespace; undefined: it is not a pod's. */
  readonly pod: string | undefined
}

const unavailable = (text: string) => new StatusError(503, 'ServiceUnavailable', text)

/** `wanted` is a port's number or name; empty: the first. Throws 503 in upstream's words when there is none. */
export function chooseEndpoint(
  service: Service,
  wanted: string,
  slices: readonly EndpointSlice[],
  random: Random,
): ChosenEndpoint {
  const name = JSON.stringify(service.metadata.name)
  const ports = service.spec.ports ?? []
  const port = wanted === '' ? ports[0] : ports.find((p) => p.name === wanted || String(p.port) === wanted)
  if (!port) throw unavailable(`no service port ${JSON.stringify(wanted)} found for service ${name}`)
  const ready = slices.flatMap((slice) => {
    const target = slice.ports?.find((p) => (p.name ?? '') === (port.name ?? ''))?.port
    if (target === undefined) return []
    return (slice.endpoints ?? [])
      .filter((endpoint) => endpoint.conditions?.ready !== false)
      .map(({ addresses, targetRef }) => ({
        address: addresses[0]!,
        port: target,
        pod: targetRef?.kind === 'Pod' ? targetRef.name : undefined,
      }))
  })
  if (ready.length === 0) throw unavailable(`no endpoints available for service ${name}`)
  return ready[randomInt(random, ready.length)]!
}
