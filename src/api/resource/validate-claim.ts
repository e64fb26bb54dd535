// Claims: what is asked for never changes, and what was given is for requests that are there.

import { validateDriverName } from '../core/validate-drivers.ts'
import { validateNodeSelector } from '../core/validate-scheduling.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { validateConditions } from '../meta/validate-conditions.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { cidr } from '../names.ts'
import { validateAnnotations } from '../validate-object-meta.ts'
import type { ResourceClaimTemplateSpec } from './resource-claim-template-types.ts'
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaimConsumerReference,
  ResourceClaimSpec,
  ResourceClaimStatus,
} from './resource-claim-types.ts'
import {
  type RequestNames,
  requestNamesOf,
  validateConfiguration,
  validateDeviceClaim,
  validateRequestName,
  validateRequestNames,
} from './validate-device-claim.ts'
import {
  validateBindingConditions,
  validateItems,
  validateLabel,
  validatePoolName,
  validateRawObject,
  validateSet,
  validateShareId,
  validateSkipped,
  validateToleration,
} from './validate-names.ts'

const maxConsumers = 256
const maxResults = 32
const maxConfigs = 64
const maxConditions = 8
const maxDataBytes = 10 * 1024
const maxInterfaceBytes = 256
const maxHardwareBytes = 128
const maxIps = 16

interface Claim {
  readonly metadata: ObjectMeta
  readonly spec: ResourceClaimSpec
  readonly status: ResourceClaimStatus
}

export const validateClaim = ({ spec }: Claim, errors: FieldErrors): void =>
  validateDeviceClaim(spec.devices, Path.of('spec').child('devices'), errors)

export function validateSameSpec(
  { spec: next }: { readonly spec: unknown },
  { spec: old }: { readonly spec: unknown },
  errors: FieldErrors,
): void {
  if (!sameValue(next, old)) errors.invalid('spec', next, 'field is immutable')
}

export function validateClaimTemplate(
  { spec }: { readonly spec: ResourceClaimTemplateSpec },
  errors: FieldErrors,
): void {
  const at = Path.of('spec')
  const { labels = {}, annotations = {} } = spec.metadata
  validateAnnotations(annotations, at.child('metadata').child('annotations'), errors)
  validateLabels(labels, at.child('metadata').child('labels'), errors)
  validateDeviceClaim(spec.spec.devices, at.child('spec').child('devices'), errors)
}

interface Named {
  readonly driver: string
  readonly pool: string
  readonly device: string
  readonly shareID?: string | undefined
}

const idOf = ({ driver, pool, device, shareID }: Named): string =>
  [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/')

export function validateClaimStatus(claim: Claim, old: Claim, errors: FieldErrors): void {
  const path = Path.of('status')
  const { status } = claim
  const known = requestNamesOf(claim.spec.devices)
  const uidOf = ({ uid }: ResourceClaimConsumerReference) => uid
  validateSet(status.reservedFor, maxConsumers, path.child('reservedFor'), errors, uidOf, (consumer, at) => {
    for (const field of ['resource', 'name', 'uid'] as const) if (!consumer[field]) errors.required(at.child(field))
  })
  const given = new Set((status.allocation?.devices.results ?? []).map(idOf))
  validateSet(status.devices, Number.POSITIVE_INFINITY, path.child('devices'), errors, idOf, (device, at) =>
    validateDeviceStatus(device, given, at, errors),
  )
  validateReserved(claim, old, path.child('reservedFor'), errors)
  const at = path.child('allocation')
  if (status.allocation && old.status.allocation) {
    if (!sameValue(status.allocation, old.status.allocation))
      errors.invalid(at, status.allocation, 'field is immutable')
  } else if (status.allocation) validateAllocation(status.allocation, known, at, errors)
}

function validateReserved({ metadata, status }: Claim, { status: old }: Claim, at: Path, errors: FieldErrors): void {
  const { reservedFor: consumers = [] } = status
  if (consumers.length === 0) return
  if (!status.allocation) {
    errors.forbidden(at, 'may not be specified when `allocated` is not set')
    return
  }
  if (metadata.deletionTimestamp === undefined) return
  const before = old.reservedFor ?? []
  if (consumers.every((consumer) => before.some((one) => sameValue(one, consumer)))) return
  errors.forbidden(at, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')
}

function validateDeviceStatus(
  device: AllocatedDeviceStatus,
  given: ReadonlySet<string>,
  path: Path,
  errors: FieldErrors,
): void {
  validateDriverName(device.driver ?? '', path.child('driver'), errors)
  validatePoolName(device.pool ?? '', path.child('pool'), errors)
  validateLabel(device.device ?? '', path.child('device'), errors)
  if (device.shareID !== undefined) validateShareId(device.shareID, path.child('shareID'), errors)
  if (!given.has(idOf(device))) errors.invalid(path, idOf(device), 'must be an allocated device in the claim')
  const { conditions = [], data, networkData } = device
  const conditionsAt = path.child('conditions')
  if (conditions.length > maxConditions) errors.tooMany(conditionsAt, conditions.length, maxConditions)
  validateConditions(conditions, conditionsAt, errors)
  if (data !== undefined) validateRawObject(data, maxDataBytes, path.child('data'), errors)
  if (networkData) validateNetworkData(networkData, path.child('networkData'), errors)
}

function validateNetworkData(data: NetworkDeviceData, path: Path, errors: FieldErrors): void {
  const { interfaceName = '', hardwareAddress = '', ips } = data
  if (Buffer.byteLength(interfaceName) > maxInterfaceBytes) {
    errors.tooLong(path.child('interfaceName'), maxInterfaceBytes)
  }
  if (Buffer.byteLength(hardwareAddress) > maxHardwareBytes) {
    errors.tooLong(path.child('hardwareAddress'), maxHardwareBytes)
  }
  validateSet(ips, maxIps, path.child('ips'), errors, String, (ip, at) => {
    const text = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'
    if (cidr(ip).length > 0) errors.invalid(at, ip, text)
  })
}

function validateAllocation(allocation: AllocationResult, known: RequestNames, path: Path, errors: FieldErrors): void {
  const at = path.child('devices')
  const { results, config } = allocation.devices
  validateItems(results, maxResults, at.child('results'), errors, (result, place) =>
    validateResult(result, known, place, errors),
  )
  validateItems(config, maxConfigs, at.child('config'), errors, (one, place) => {
    if (!one.source) errors.required(place.child('source'))
    validateRequestNames(one.requests, known, place.child('requests'), errors)
    validateConfiguration(one, place, errors)
  })
  if (allocation.nodeSelector) validateNodeSelector(allocation.nodeSelector, path.child('nodeSelector'), errors)
}

function validateResult(
  result: DeviceRequestAllocationResult,
  known: RequestNames,
  path: Path,
  errors: FieldErrors,
): void {
  validateRequestName(result.request ?? '', known, path.child('request'), errors)
  validateDriverName(result.driver ?? '', path.child('driver'), errors)
  validatePoolName(result.pool ?? '', path.child('pool'), errors)
  validateLabel(result.device ?? '', path.child('device'), errors)
  validateBindingConditions(result, path, errors)
  result.tolerations?.forEach((toleration, i) => {
    validateToleration(toleration, path.child('tolerations').index(i), errors)
  })
  if (result.shareID !== undefined) validateShareId(result.shareID, path.child('shareID'), errors)
  validateSkipped(result.skipNodeOperations, path.child('skipNodeOperations'), errors)
}
