// Probes and life-cycle hooks: exactly one way of asking, with numbers that make sense.

import type { FieldErrors, Path } from '../field-errors.ts'
import { httpHeaderName, portName, portNumber } from '../names.ts'
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe, SleepAction } from './probe.ts'

export function validatePortNumberOrName(port: number | string, path: Path, errors: FieldErrors): void {
  if (typeof port === 'number') errors.invalidEach(path, port, portNumber(port))
  else errors.invalidEach(path, port, portName(port))
}

function validateHttpGet({ path: url, port, httpHeaders = [] }: HTTPGetAction, path: Path, errors: FieldErrors): void {
  if (!url) errors.required(path.child('path'))
  validatePortNumberOrName(port ?? 0, path.child('port'), errors)
  for (const { name } of httpHeaders) errors.invalidEach(path.child('httpHeaders'), name, httpHeaderName(name))
}

function validateSleep({ seconds }: SleepAction, graceSeconds: number, path: Path, errors: FieldErrors): void {
  if (seconds >= 0 && seconds <= graceSeconds) return
  errors.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)
}

const ways = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const
type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>

function validateHandler(handler: Handler, graceSeconds: number, path: Path, errors: FieldErrors): void {
  const [first, ...more] = ways.filter((way) => handler[way] !== undefined)
  if (first === undefined) {
    errors.required(path, 'must specify a handler type')
    return
  }
  const at = path.child(first)
  switch (first) {
    case 'exec':
      if (!handler.exec?.command?.length) errors.required(at.child('command'))
      break
    case 'httpGet':
      validateHttpGet(handler.httpGet!, at, errors)
      break
    case 'tcpSocket':
      validatePortNumberOrName(handler.tcpSocket?.port ?? 0, at.child('port'), errors)
      break
    case 'grpc':
      validatePortNumberOrName(handler.grpc?.port ?? 0, at.child('port'), errors)
      break
    case 'sleep':
      validateSleep(handler.sleep!, graceSeconds, at, errors)
  }
  for (const way of more) errors.forbidden(path.child(way), 'may not specify more than 1 handler type')
}

const notNegative = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

function validateProbe(probe: Probe, graceSeconds: number, path: Path, errors: FieldErrors): void {
  validateHandler(probe, graceSeconds, path, errors)
  for (const field of notNegative) validateNonNegative(probe[field], path.child(field), errors)
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) {
    errors.invalid(path.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0')
  }
}

export function validateNonNegative(value: number | undefined, path: Path, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0')
}

export interface Probed {
  readonly livenessProbe?: Probe | undefined
  readonly readinessProbe?: Probe | undefined
  readonly startupProbe?: Probe | undefined
  readonly lifecycle?: Lifecycle | undefined
}

/** A container that was once found alive or started is not to prove it twice. */
function validateOnce(probe: Probe | undefined, graceSeconds: number, path: Path, errors: FieldErrors): void {
  if (!probe) return
  validateProbe(probe, graceSeconds, path, errors)
  const threshold = probe.successThreshold ?? 1
  if (threshold !== 1) errors.invalid(path.child('successThreshold'), threshold, 'must be 1')
}

export function validateProbes(container: Probed, graceSeconds: number, path: Path, errors: FieldErrors): void {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = lifecycle?.[hook]
    if (handler) validateHandler(handler, graceSeconds, path.child('lifecycle').child(hook), errors)
  }
  validateOnce(livenessProbe, graceSeconds, path.child('livenessProbe'), errors)
  if (readinessProbe) {
    const at = path.child('readinessProbe')
    validateProbe(readinessProbe, graceSeconds, at, errors)
    const grace = readinessProbe.terminationGracePeriodSeconds
    if (grace !== undefined) {
      errors.invalid(at.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes')
    }
  }
  validateOnce(startupProbe, graceSeconds, path.child('startupProbe'), errors)
}
