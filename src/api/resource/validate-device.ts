// Devices as drivers tell of them: attributes of one value each, capacities that can be shared out, bounded numbers.

import { validateNodeSelector } from '../core/validate-scheduling.ts'
import { sameValue } from '../equal.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { dns1123Subdomain } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { Counter, Device, DeviceAttribute, DeviceCapacity, NodeAllocatableResource } from './device.ts'
import { validateRequestPolicy } from './validate-capacity.ts'
import {
  validateBindingConditions,
  validateItems,
  validateLabel,
  validateQualifiedName,
  validateSet,
  validateTaint,
} from './validate-names.ts'

const maxProperties = 32
const maxValues = 48
const maxValueBytes = 64
const maxTaints = 16
const maxConsumptions = 2
const maxCounters = 32
const lists = ['ints', 'bools', 'strings', 'versions'] as const
const singles = ['int', 'bool', 'string', 'version'] as const

const valuesIn = (attribute: DeviceAttribute): number =>
  Math.max(
    1,
    lists.reduce((sum, field) => sum + (attribute[field]?.length ?? 0), 0),
  )

export const hasLists = ({ attributes = {} }: Device): boolean =>
  Object.values(attributes).some((attribute) => lists.some((field) => attribute[field] !== undefined))

export function validateDevice(
  device: Device,
  old: Device | undefined,
  choosesNodes: boolean,
  path: Path,
  errors: FieldErrors,
): void {
  const { attributes = {}, capacity = {} } = device
  validateLabel(device.name ?? '', path.child('name'), errors)
  const properties = Object.keys(attributes).length + Object.keys(capacity).length
  if (properties > maxProperties) {
    errors.invalid(path, properties, `the total number of attributes and capacities must not exceed ${maxProperties}`)
  }
  const values = Object.values(attributes).reduce((sum, attribute) => sum + valuesIn(attribute), 0)
  if (values > maxValues) {
    errors.invalid(path, values, `the total number of attribute values must not exceed ${maxValues}`)
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    validateQualifiedName(name, path.child('attributes'), errors)
    validateAttribute(attribute, path.child('attributes').key(name), errors)
  }
  if (!sameValue(old?.capacity, capacity)) validateCapacities(device, path.child('capacity'), errors)
  if (!sameValue(old?.taints, device.taints)) {
    validateItems(device.taints, maxTaints, path.child('taints'), errors, (taint, at) =>
      validateTaint(taint, at, errors),
    )
  }
  const setOf = ({ counterSet }: { readonly counterSet: string }) => counterSet
  validateSet(device.consumesCounters, maxConsumptions, path.child('consumesCounters'), errors, setOf, (one, at) => {
    if (one.counterSet) validateLabel(one.counterSet, at.child('counterSet'), errors)
    else errors.required(at.child('counterSet'))
    validateCounters(one.counters, at.child('counters'), errors)
  })
  validateNodes(device, choosesNodes, path, errors)
  validateBindingConditions(device, path, errors)
  for (const [name, resource] of Object.entries(device.nodeAllocatableResources ?? {})) {
    validateNodeResource(name, resource, capacity, path.child('nodeAllocatableResources').key(name), errors)
  }
}

export function validateCounters(
  counters: Readonly<Record<string, Counter>> | undefined,
  path: Path,
  errors: FieldErrors,
): void {
  const names = Object.keys(counters ?? {})
  if (names.length === 0) errors.required(path)
  else if (names.length > maxCounters) errors.tooMany(path, names.length, maxCounters)
  else for (const name of names) validateLabel(name, path, errors)
}

const numeric = '(0|[1-9]\\d*)'
const prerelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const build = '[0-9a-zA-Z-]+'
const semver = new RegExp(
  `^${numeric}\\.${numeric}\\.${numeric}(-${prerelease}(\\.${prerelease})*)?(\\+${build}(\\.${build})*)?$`,
)

function validateAttribute(attribute: DeviceAttribute, path: Path, errors: FieldErrors): void {
  const validateText = (text: string, isVersion: boolean, at: Path): void => {
    if (isVersion && !semver.test(text)) {
      errors.invalid(at, text, 'must be a string compatible with semver.org spec 2.0.0')
    }
    if (Buffer.byteLength(text) > maxValueBytes) errors.tooLong(at, maxValueBytes)
  }
  for (const [one, many] of [
    ['string', 'strings'],
    ['version', 'versions'],
  ] as const) {
    const isVersion = one === 'version'
    if (attribute[one] !== undefined) validateText(attribute[one], isVersion, path.child(one))
    attribute[many]?.forEach((text, i) => {
      validateText(text, isVersion, path.child(many).index(i))
    })
  }
  const given = [...singles, ...lists].filter((field) => attribute[field] !== undefined).length
  if (given !== 1) errors.invalid(path, given === 0 ? '' : attribute, 'exactly one value must be specified')
}

function validateCapacities(device: Device, path: Path, errors: FieldErrors): void {
  for (const [name, capacity] of Object.entries<DeviceCapacity>(device.capacity ?? {})) {
    validateQualifiedName(name, path, errors)
    const at = path.key(name).child('requestPolicy')
    if (!capacity.requestPolicy) continue
    if (device.allowMultipleAllocations) validateRequestPolicy(capacity.value, capacity.requestPolicy, at, errors)
    else errors.forbidden(at, 'allowMultipleAllocations must be true')
  }
}

function validateNodes(device: Device, choosesNodes: boolean, path: Path, errors: FieldErrors): void {
  const { nodeName, nodeSelector, allNodes } = device
  if (!choosesNodes) {
    if (nodeName === undefined && nodeSelector === undefined && allNodes === undefined) return
    const text =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
    errors.invalid(path, null, text)
    return
  }
  const given: string[] = []
  if (nodeName === '') errors.invalid(path.child('nodeName'), nodeName, 'must not be empty')
  else if (nodeName !== undefined) {
    given.push('`nodeName`')
    errors.invalidEach(path.child('nodeName'), nodeName, dns1123Subdomain(nodeName))
  }
  if (nodeSelector) {
    given.push('`nodeSelector`')
    validateNodeSelector(nodeSelector, path.child('nodeSelector'), errors)
  }
  if (allNodes) given.push('`allNodes`')
  else if (allNodes === false) {
    errors.invalid(path.child('allNodes'), allNodes, 'must be either unset or set to true')
  }
  const text =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  if (given.length === 0) errors.required(path, text)
  else if (given.length > 1) errors.invalid(path, `{${given.join(', ')}}`, text)
}

const nodeResources = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/

function validateNodeResource(
  name: string,
  { mapping, overhead }: NodeAllocatableResource,
  capacities: Readonly<Record<string, DeviceCapacity>>,
  path: Path,
  errors: FieldErrors,
): void {
  if (!nodeResources.test(name)) errors.invalid(path, name, 'must be a node allocatable resource name')
  if (!mapping && !overhead) errors.required(path, 'at least one of mapping or overhead must be set')
  const signOf = (text: string): number => Quantity.parse(text).sign
  if (mapping) {
    const at = path.child('mapping')
    const { capacityKey: key, capacityMultiplier, deviceMultiplier } = mapping
    if (key === '') errors.invalid(at.child('capacityKey'), '', 'capacityKey must not be an empty string')
    else if (key !== undefined && !Object.hasOwn(capacities, key)) errors.notFound(at.child('capacityKey'), key)
    if (key !== undefined && capacityMultiplier === undefined) {
      errors.required(at.child('capacityMultiplier'), 'capacityMultiplier is required when capacityKey is set')
    }
    if (key === undefined && capacityMultiplier !== undefined) {
      errors.required(at.child('capacityKey'), 'capacityKey is required when capacityMultiplier is set')
    }
    for (const [field, value] of Object.entries({ capacityMultiplier, deviceMultiplier })) {
      if (value !== undefined && signOf(value) <= 0) errors.invalid(at.child(field), value, 'must be positive')
    }
  }
  if (overhead) {
    const at = path.child('overhead')
    const { perPod, perContainer } = overhead
    if (perPod === undefined && perContainer === undefined) {
      errors.invalid(at, '', 'at least one of perPod or perContainer must be set')
    }
    for (const [field, value] of Object.entries({ perPod, perContainer })) {
      if (value !== undefined && signOf(value) < 0) errors.invalid(at.child(field), value, 'must be non-negative')
    }
  }
}
