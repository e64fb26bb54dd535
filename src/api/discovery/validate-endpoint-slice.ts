// EndpointSlices: addresses of their type, and bounds on their size.

import { validateNonSpecialIP } from '../core/validate-ip.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import {
  dns1123Label,
  dns1123Subdomain,
  ipv4Address,
  ipv6Address,
  labelValue,
  nameIsDnsSubdomain,
  qualifiedName,
  type Rule,
} from '../names.ts'
import type { Endpoint, EndpointPort } from './endpoint-slice-types.ts'

const maxEndpoints = 1000
const maxAddresses = 100
const maxPorts = 20000
const maxTopologyLabels = 16
const maxHints = 8

export const addressTypes: readonly string[] = ['FQDN', 'IPv4', 'IPv6']

function validateAddress(type: string, address: string, path: Path, errors: FieldErrors): void {
  if (type === 'IPv4' || type === 'IPv6') {
    errors.invalidEach(path, address, type === 'IPv4' ? ipv4Address(address) : ipv6Address(address))
    validateNonSpecialIP(address, path, errors)
  } else if (type === 'FQDN') {
    validateDomain(address, path, errors)
  }
}

/** A name of two labels at least; a dot at its end only says that it is complete. */
function validateDomain(address: string, path: Path, errors: FieldErrors): void {
  if (address === '') {
    errors.required(path)
    return
  }
  const name = address.replace(/\.$/, '')
  const complaints = dns1123Subdomain(name)
  const labels = name.split('.')
  if (complaints.length > 0) errors.invalid(path, name, complaints.join(','))
  else if (labels.length < 2)
    errors.invalid(path, name, 'should be a domain with at least two segments separated by dots')
  else {
    const bad = labels.find((label) => dns1123Label(label).length > 0)
    if (bad !== undefined) errors.invalid(path, bad, dns1123Label(bad).join(','))
  }
}

function validateHints(names: readonly string[], rule: Rule, path: Path, errors: FieldErrors): void {
  if (names.length > maxHints) {
    errors.tooMany(path, names.length, maxHints)
    return
  }
  names.forEach((name, i) => {
    const at = path.index(i).child('name')
    if (names.indexOf(name) < i) errors.duplicate(at, name)
    errors.invalidEach(at, name, rule(name))
  })
}

function validateEndpoint(type: string, endpoint: Endpoint, path: Path, errors: FieldErrors): void {
  const { addresses = [], deprecatedTopology = {}, hostname, nodeName, hints } = endpoint
  const at = path.child('addresses')
  if (addresses.length === 0) errors.required(at, 'must contain at least 1 address')
  else if (addresses.length > maxAddresses) errors.tooMany(at, addresses.length, maxAddresses)
  addresses.forEach((address, i) => {
    validateAddress(type, address, at.index(i), errors)
  })
  if (nodeName !== undefined) {
    errors.invalidEach(path.child('nodeName'), nodeName, nameIsDnsSubdomain(nodeName, false))
  }
  const topology = path.child('deprecatedTopology')
  const labels = Object.keys(deprecatedTopology).length
  if (labels > maxTopologyLabels) errors.tooMany(topology, labels, maxTopologyLabels)
  validateLabels(deprecatedTopology, topology, errors)
  if (hostname !== undefined) errors.invalidEach(path.child('hostname'), hostname, dns1123Label(hostname))
  for (const field of ['forZones', 'forNodes'] as const) {
    const names = (hints?.[field] ?? []).map(({ name = '' }) => name)
    const rule = field === 'forZones' ? labelValue : (name: string) => nameIsDnsSubdomain(name, false)
    validateHints(names, rule, path.child('hints').child(field), errors)
  }
}

function validatePorts(ports: readonly EndpointPort[], path: Path, errors: FieldErrors): void {
  if (ports.length > maxPorts) {
    errors.tooMany(path, ports.length, maxPorts)
    return
  }
  const names = new Set<string>()
  ports.forEach(({ name = '', appProtocol }, i) => {
    const at = path.index(i)
    if (name) errors.invalidEach(at.child('name'), name, dns1123Label(name))
    if (names.has(name)) errors.duplicate(at.child('name'), name)
    names.add(name)
    if (appProtocol !== undefined) {
      errors.invalidEach(at.child('appProtocol'), appProtocol, qualifiedName(appProtocol))
    }
  })
}

interface Slice {
  readonly addressType: string
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly EndpointPort[]
}

export function validateSlice({ addressType = '', endpoints = [], ports = [] }: Slice, errors: FieldErrors): void {
  if (!addressType) errors.required('addressType')
  const path = Path.of('endpoints')
  if (endpoints.length > maxEndpoints) errors.tooMany(path, endpoints.length, maxEndpoints)
  else {
    endpoints.forEach((endpoint, i) => {
      validateEndpoint(addressType, endpoint, path.index(i), errors)
    })
  }
  validatePorts(ports, Path.of('ports'), errors)
}
