// Whether an extension API server can be asked, from what the API knows of its Service: conditions, reasons and texts
// are upstream's.

import { localAvailable } from '#api/apiregistration/api-service.ts'
import type { APIServiceCondition } from '#api/apiregistration/api-service-types.ts'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { ServicePort } from '../connect/service-dial.ts'

export interface Finding {
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

export const local: Finding = localAvailable
export const passed: Finding = { status: 'True', reason: 'Passed', message: 'all checks passed' }

export const failedCheck = (message: string): Finding => ({
  status: 'False',
  reason: 'FailedDiscoveryCheck',
  message,
})

const quote = (text: string): string => JSON.stringify(text)

function isServedBy(portName: string, slices: readonly EndpointSlice[]): boolean {
  return slices.some(
    ({ endpoints, ports }) =>
      endpoints?.some(({ conditions }) => conditions?.ready !== false) &&
      ports?.some(({ name = '', port }) => name === portName && port !== undefined),
  )
}

/** Undefined: nothing speaks against asking it. */
export function serviceFinding(
  { namespace, name, port }: ServicePort,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
): Finding | undefined {
  const bad = (reason: string, message: string): Finding => ({ status: 'False', reason, message })
  const at = `service/${name} in ${quote(namespace)}`
  if (!service) return bad('ServiceNotFound', `${at} is not present`)
  if ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP') return undefined
  const found = service.spec.ports?.find((each) => each.port === port)
  if (!found) return bad('ServicePortError', `${at} is not listening on port ${port}`)
  if (slices.length === 0) return bad('EndpointsNotFound', `cannot find endpointslices for ${at}`)
  const portName = found.name ?? ''
  if (isServedBy(portName, slices)) return undefined
  return bad('MissingEndpoints', `endpointslices for ${at} have no addresses with port name ${quote(portName)}`)
}

/** The list with the finding in it; the same list when that says nothing new. */
export function withAvailable(
  conditions: readonly APIServiceCondition[],
  { status, reason, message }: Finding,
  now: string,
): readonly APIServiceCondition[] {
  const before = conditions.find(({ type }) => type === 'Available')
  if (before?.status === status && before.reason === reason && before.message === message) return conditions
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now
  const condition = { type: 'Available', status, lastTransitionTime, reason, message }
  return before ? conditions.map((each) => (each === before ? condition : each)) : [...conditions, condition]
}
