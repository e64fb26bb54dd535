// Slices: devices of one driver in one pool, of a bounded number, with one way to say who can use them.

import { own } from '#lib/json.ts'
import type { NodeSelector } from '../core/node-selector.ts'
import { validateDriverName } from '../core/validate-drivers.ts'
import { validateNodeSelector } from '../core/validate-scheduling.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1123Subdomain } from '../names.ts'
import type { Device } from './device.ts'
import type { ResourcePool, ResourceSliceSpec } from './resource-slice-types.ts'
import { hasLists, validateCounters, validateDevice } from './validate-device.ts'
import { validateFullName, validateLabel, validatePoolName, validateSet, validateSkipped } from './validate-names.ts'

const path = Path.of('spec')
const maxDevices = 128
const maxSpecialDevices = 64
const maxCounterSets = 8

interface Slice {
  readonly spec: ResourceSliceSpec
}

const isSpecial = (device: Device): boolean => (device.taints?.length ?? 0) > 0 || consumes(device) || hasLists(device)
const consumes = ({ consumesCounters = [] }: Device): boolean => consumesCounters.length > 0

/** `old` is what stands there now, in a change. */
export function validateSlice({ spec }: Slice, old: Slice | undefined, errors: FieldErrors): void {
  validateDriverName(spec.driver ?? '', path.child('driver'), errors)
  validatePool(spec.pool, errors)
  if (old) validateSamePlace(spec, old.spec, errors)
  validateNodes(spec, errors)
  const { devices, sharedCounters } = spec
  if (sharedCounters && devices) errors.invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed')
  const max = devices?.some(isSpecial) ? maxSpecialDevices : maxDevices
  const nameOf = ({ name }: { readonly name: string }) => name
  validateSet(devices, max, path.child('devices'), errors, nameOf, (device, at) => {
    const before = old?.spec.devices?.find(({ name }) => name === device.name)
    validateDevice(device, before, spec.perDeviceNodeSelection === true, at, errors)
  })
  validateSet(sharedCounters, maxCounterSets, path.child('sharedCounters'), errors, nameOf, (set, at) => {
    if (set.name) validateLabel(set.name, at.child('name'), errors)
    else errors.required(at.child('name'))
    validateCounters(set.counters, at.child('counters'), errors)
  })
  if (spec.partitionTypeAttribute !== undefined) validatePartition(spec, spec.partitionTypeAttribute, errors)
  validateSkipped(spec.skipNodeOperations, path.child('skipNodeOperations'), errors)
}

function validatePool({ name = '', generation = 0, resourceSliceCount: count = 0 }: ResourcePool, errors: FieldErrors) {
  const at = path.child('pool')
  validatePoolName(name, at.child('name'), errors)
  if (count <= 0) errors.invalid(at.child('resourceSliceCount'), count, 'must be greater than zero')
  if (generation < 0) errors.invalid(at.child('generation'), generation, 'must be greater than or equal to zero')
}

function validateSamePlace(next: ResourceSliceSpec, old: ResourceSliceSpec, errors: FieldErrors): void {
  const same = (value: unknown, before: unknown, at: Path): void => {
    if (value !== before) errors.invalid(at, value ?? null, 'field is immutable')
  }
  same(next.pool.name, old.pool.name, path.child('pool').child('name'))
  same(next.driver, old.driver, path.child('driver'))
  same(next.nodeName, old.nodeName, path.child('nodeName'))
}

interface Nodes {
  readonly nodeName?: string | undefined
  readonly nodeSelector?: NodeSelector | undefined
  readonly allNodes?: boolean | undefined
  readonly perDeviceNodeSelection?: boolean | undefined
}

function validateNodes(spec: Nodes, errors: FieldErrors): void {
  const { nodeName, nodeSelector } = spec
  const given: string[] = []
  const nameAt = path.child('nodeName')
  if (nodeName === '') errors.invalid(nameAt, nodeName, 'must be either unset or set to a non-empty string')
  else if (nodeName !== undefined) {
    given.push('`nodeName`')
    errors.invalidEach(nameAt, nodeName, dns1123Subdomain(nodeName))
  }
  if (nodeSelector) {
    given.push('`nodeSelector`')
    const at = path.child('nodeSelector')
    validateNodeSelector(nodeSelector, at, errors)
    const { nodeSelectorTerms: terms = [] } = nodeSelector
    if (terms.length !== 1)
      errors.invalid(at.child('nodeSelectorTerms'), terms, 'must have exactly one node selector term')
  }
  for (const field of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[field]) given.push(`\`${field}\``)
    else if (spec[field] === false) errors.invalid(path.child(field), false, 'must be either unset or set to true')
  }
  const one = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  if (given.length === 0) errors.required(path, one)
  else if (given.length > 1) errors.invalid(path, `{${given.join(', ')}}`, `${one}, but multiple fields are set`)
}

const attributeOf = ({ attributes = {} }: Device, name: string) => own(attributes, name)

/** The attribute that tells parts apart is there, as a text, wherever a device is a part of something. */
function validatePartition({ driver, devices = [] }: ResourceSliceSpec, name: string, errors: FieldErrors): void {
  const at = path.child('partitionTypeAttribute')
  const found = errors.all.length
  validateFullName(name, at, errors)
  if (!devices.some(consumes)) {
    errors.invalid(at, name, 'may only be set on a slice which declares devices that consume counters')
    return
  }
  if (errors.all.length > found) return
  const bare = name.startsWith(`${driver}/`) ? name.slice(driver.length + 1) : undefined
  devices.forEach((device, i) => {
    if (!consumes(device)) return
    const place = path.child('devices').index(i).child('attributes').key(name)
    const attribute = attributeOf(device, name) ?? (bare === undefined ? undefined : attributeOf(device, bare))
    if (!attribute) {
      const text = 'device consumes counters and `partitionTypeAttribute` names this attribute, so it must be set'
      errors.required(place, text)
    } else if (attribute.string === undefined) {
      errors.invalid(place, attribute, 'must be a string value because `partitionTypeAttribute` names this attribute')
    }
  })
}
