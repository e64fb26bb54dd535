// What claims and classes ask of devices: requests with names of their own, and settings for those that are there.

import { celProblems } from '../cel-problems.ts'
import { validateDriverName } from '../core/validate-drivers.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { dns1123Subdomain } from '../names.ts'
import type {
  DeviceClaim,
  DeviceConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  ExactDeviceRequest,
} from './device-request.ts'
import {
  validateFullName,
  validateItems,
  validateLabel,
  validateRawObject,
  validateSet,
  validateToleration,
} from './validate-names.ts'

const maxItems = 32
const maxWays = 8
const maxExpressionBytes = 10 * 1024
const maxParameterBytes = 10 * 1024

/** Every request and `request/subrequest` that can be referred to. */
export type RequestNames = ReadonlySet<string>

export const requestNamesOf = ({ requests = [] }: DeviceClaim): RequestNames =>
  new Set(
    requests.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((way) => `${name}/${way.name}`)]),
  )

export function validateRequestName(name: string, known: RequestNames, path: Path, errors: FieldErrors): void {
  const segments = name.split('/')
  const text = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  if (segments.length > 2) {
    errors.invalid(path, name, text)
    return
  }
  for (const segment of segments) validateLabel(segment, path, errors)
  if (!known.has(name)) errors.invalid(path, name, text)
}

export function validateRequestNames(
  names: readonly string[] | undefined,
  known: RequestNames,
  path: Path,
  errors: FieldErrors,
): void {
  validateSet(names, maxItems, path, errors, String, (name, at) => validateRequestName(name, known, at, errors))
}

export function validateDeviceClaim(claim: DeviceClaim, path: Path, errors: FieldErrors): void {
  const known = requestNamesOf(claim)
  const nameOf = ({ name }: DeviceRequest) => name
  validateSet(claim.requests, maxItems, path.child('requests'), errors, nameOf, (request, at) =>
    validateRequest(request, at, errors),
  )
  validateItems(claim.constraints, maxItems, path.child('constraints'), errors, (constraint, at) =>
    validateConstraint(constraint, known, at, errors),
  )
  validateItems(claim.config, maxItems, path.child('config'), errors, (config, at) => {
    validateRequestNames(config.requests, known, at.child('requests'), errors)
    validateConfiguration(config, at, errors)
  })
}

function validateRequest(request: DeviceRequest, path: Path, errors: FieldErrors): void {
  const { name = '', exactly, firstAvailable = [] } = request
  validateLabel(name, path.child('name'), errors)
  const either = 'exactly one of `exactly` or `firstAvailable` is required'
  if (exactly && firstAvailable.length > 0) {
    errors.invalid(path, null, `${either}, but multiple fields are set`)
  } else if (exactly) validateWay(exactly, path.child('exactly'), errors)
  else if (firstAvailable.length > 0) {
    const at = path.child('firstAvailable')
    validateSet(
      firstAvailable,
      maxWays,
      at,
      errors,
      (way) => way.name,
      (way, place) => {
        validateLabel(way.name ?? '', place.child('name'), errors)
        validateWay(way, place, errors)
      },
    )
  } else errors.required(path, either)
}

function validateWay(way: ExactDeviceRequest | DeviceSubRequest, path: Path, errors: FieldErrors): void {
  const { deviceClassName: name = '', allocationMode: mode, count = 0 } = way
  if (name === '') errors.required(path.child('deviceClassName'))
  else errors.invalidEach(path.child('deviceClassName'), name, dns1123Subdomain(name))
  validateSelectors(way.selectors, path.child('selectors'), errors)
  if (mode === 'All' && count !== 0) {
    errors.invalid(path.child('count'), count, "must not be specified when allocationMode is 'All'")
  }
  if (mode === 'ExactCount' && count <= 0) errors.invalid(path.child('count'), count, 'must be greater than zero')
  way.tolerations?.forEach((toleration, i) => {
    validateToleration(toleration, path.child('tolerations').index(i), errors)
  })
}

export function validateSelectors(
  selectors: readonly DeviceSelector[] | undefined,
  path: Path,
  errors: FieldErrors,
): void {
  validateItems(selectors, maxItems, path, errors, ({ cel }, at) => {
    if (!cel) errors.required(at.child('cel'))
    else validateExpression(cel.expression ?? '', at.child('cel').child('expression'), errors)
  })
}

function validateExpression(expression: string, path: Path, errors: FieldErrors): void {
  if (Buffer.byteLength(expression) > maxExpressionBytes) errors.tooLong(path, maxExpressionBytes)
  else if (expression === '') errors.required(path)
  else errors.invalidEach(path, expression, celProblems(expression, { use: 'device' }))
}

function validateConstraint(constraint: DeviceConstraint, known: RequestNames, path: Path, errors: FieldErrors): void {
  validateRequestNames(constraint.requests, known, path.child('requests'), errors)
  const { matchAttribute: match, distinctAttribute: distinct } = constraint
  const either = 'exactly one of "matchAttribute" or "distinctAttribute" is required'
  if (match !== undefined && distinct !== undefined) {
    errors.invalid(path, null, `${either}, but multiple fields are set`)
  } else if (match !== undefined) validateFullName(match, path.child('matchAttribute'), errors)
  else if (distinct !== undefined) validateFullName(distinct, path.child('distinctAttribute'), errors)
  else errors.required(path, either)
}

export function validateConfiguration({ opaque }: DeviceConfiguration, path: Path, errors: FieldErrors): void {
  const at = path.child('opaque')
  if (!opaque) {
    errors.required(at)
    return
  }
  validateDriverName(opaque.driver ?? '', at.child('driver'), errors)
  validateRawObject(opaque.parameters, maxParameterBytes, at.child('parameters'), errors)
}
