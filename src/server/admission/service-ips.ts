// Gives services their cluster address and node ports. Who has what is read from the services in the store, once,
// and followed from then on; what a write takes is reserved before it is stored and given back if it is not, so
// that no two services ever hold the same.

import { isIPv4 } from 'node:net'
import type { Service } from '#api/core/service.ts'
import { needsClusterIP, needsHealthCheckNodePort, needsNodePort } from '#api/core/service-defaults.ts'
import type { ServiceSpec } from '#api/core/service-types.ts'
import { validateClusterIPs } from '#api/core/validate-service.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { ApiObject } from '#api/kind.ts'
import { internalError, invalid } from '#api/status-error.ts'
import type { Random } from '#lib/random.ts'
import type { Store, StoredObject } from '#store/store.ts'
import { objectOf } from '../stored.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'
import { Allocator } from './allocator.ts'

export interface ServiceIpsOptions {
  readonly store: Store
  readonly random: Random
  readonly cidr?: string
  readonly nodePorts?: { readonly first: number; readonly last: number }
}

/** The address of the API itself: the first one, whatever else is free. */
const apiService = 'services/default/kubernetes'
const headless = 'None'

const toNumber = (address: string): number => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)

const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

/** Upstream's static band: a part of the range, but never less than 16 nor more than `most`. */
const bandOf = (size: number, most: number, share: number): number =>
  size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / share)), most)

/** Addresses that a service holds, without the word that says it wants none. */
const addressesOf = (spec: ServiceSpec): readonly string[] =>
  (spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : []).filter(
    (address) => address !== headless && address !== '',
  )

const portsOf = (spec: ServiceSpec): readonly number[] => {
  const ports = (spec.ports ?? []).map((port) => port.nodePort ?? 0)
  return [...ports, spec.healthCheckNodePort ?? 0].filter((port) => port !== 0)
}

export function serviceIps(options: ServiceIpsOptions): AdmissionPlugin {
  const { cidr = '10.96.0.0/16', nodePorts = { first: 30000, last: 32767 }, random, store } = options
  const [base = '', bits = ''] = cidr.split('/')
  const total = 2 ** (32 - Number(bits))
  // Neither the network's own address nor its broadcast address is anybody's.
  const addresses = new Allocator(toNumber(base) + 1, total - 2, bandOf(total, 256, 16), random)
  const portCount = nodePorts.last - nodePorts.first + 1
  const ports = new Allocator(nodePorts.first, portCount, bandOf(portCount, 128, 32), random)

  const record = (stored: StoredObject, held: boolean) => {
    const { spec } = objectOf(stored) as Service
    for (const address of addressesOf(spec)) {
      if (held) addresses.set(toNumber(address), stored.key)
      else addresses.clear(toNumber(address), stored.key)
    }
    for (const port of portsOf(spec)) {
      if (held) ports.set(port, stored.key)
      else ports.clear(port, stored.key)
    }
  }

  let following = false
  const follow = () => {
    if (following) return
    following = true
    const list = store.list({ prefix: 'services/' })
    for (const stored of list.items) record(stored, true)
    store.watch({
      prefix: 'services/',
      after: list.revision,
      onEvents: (events) => {
        for (const { previous, object } of events) {
          if (previous) record(previous, false)
          if (object) record(object, true)
        }
      },
      onEnd: () => {
        following = false
      },
    })
  }

  return {
    name: 'ServiceIPs',
    handles: ({ operation, kind, subresource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') && kind.resource === 'services' && subresource === '',
    reserve: (context) => {
      follow()
      const service = context.object as Service
      const owner = `services/${context.namespace}/${context.name}`
      if (needsClusterIP(service.spec)) {
        const errors = new FieldErrors()
        validateClusterIPs(service.spec, errors)
        if (errors.any) throw invalid(context.kind, context.name, errors.all)
      }
      setFamilies(service, context.kind)
      const taken: Taken = { context, owner, service }
      if (needsClusterIP(service.spec)) allocateAddress(taken, addresses)
      if (needsNodePort(service.spec)) allocatePorts(taken, ports, nodePorts)
      if (needsHealthCheckNodePort(service.spec)) allocateHealthCheckPort(taken, ports, nodePorts)
    },
  }
}

interface Taken {
  readonly context: AdmissionContext
  /** The service's key in the store. */
  readonly owner: string
  readonly service: Service
}

const refuse = (kind: ApiObjectKind, service: ApiObject, add: (errors: FieldErrors) => void): Error => {
  const errors = new FieldErrors()
  add(errors)
  return invalid(kind, service.metadata.name ?? '', errors.all)
}
type ApiObjectKind = AdmissionContext['kind']

/** This cluster has one family of addresses. */
function setFamilies(service: Service, kind: ApiObjectKind): void {
  const { spec } = service
  if (!needsClusterIP(spec)) return
  const selectorless = spec.clusterIP === headless && Object.keys(spec.selector ?? {}).length === 0
  const wantsBoth = (spec.clusterIPs?.length ?? 0) > 1 || (spec.ipFamilies?.length ?? 0) > 1
  spec.ipFamilyPolicy ??= selectorless || wantsBoth ? 'RequireDualStack' : 'SingleStack'
  const families = spec.ipFamilies ?? []
  if (selectorless) {
    // Its endpoints are its owner's business, whatever the family.
    if (families.length === 0) families.push('IPv4')
    if (spec.ipFamilyPolicy !== 'SingleStack' && families.length === 1)
      families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4')
    spec.ipFamilies = families
    return
  }
  const errors = new FieldErrors()
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.invalid('spec.ipFamilyPolicy', 'RequireDualStack', 'this cluster is not configured for dual-stack services')
  }
  families.forEach((family, i) => {
    if (family !== 'IPv4') errors.invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster')
  })
  if (errors.any) throw invalid(kind, service.metadata.name ?? '', errors.all)
  spec.ipFamilies = ['IPv4']
}

function allocateAddress({ context, owner, service }: Taken, addresses: Allocator): void {
  const { spec } = service
  if (spec.clusterIP === headless) {
    spec.clusterIPs = [headless]
    return
  }
  const [wanted] = addressesOf(spec)
  // What is no address at all is for the validation to refuse.
  if (wanted !== undefined && !isIPv4(wanted)) return
  if (wanted !== undefined) {
    const problem = reserve(addresses, toNumber(wanted), owner, context.undo)
    if (problem !== undefined) {
      const why =
        problem === 'range'
          ? 'the provided network does not match the current range'
          : 'provided IP is already allocated'
      throw refuse(context.kind, service, (errors) =>
        errors.invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${wanted}: ${why}`),
      )
    }
  } else {
    const number = owner === apiService ? firstOf(addresses, owner) : addresses.next(owner)
    if (number === undefined) throw internalError(new Error('failed to allocate a serviceIP: range is full'))
    context.undo.push(() => addresses.release(number))
    spec.clusterIP = toAddress(number)
  }
  spec.clusterIPs = [spec.clusterIP!]
  context.done.push(() => addresses.release(toNumber(spec.clusterIP!)))
}

const firstOf = (addresses: Allocator, owner: string): number | undefined =>
  addresses.reserve(addresses.first, owner) ? addresses.first : addresses.next(owner)

function reserve(
  allocator: Allocator,
  number: number,
  owner: string,
  undo: (() => void)[],
): 'range' | 'taken' | undefined {
  if (!allocator.contains(number)) return allocator.ownerOf(number) === owner ? undefined : 'range'
  if (!allocator.reserve(number, owner)) return 'taken'
  undo.push(() => allocator.release(number))
  return undefined
}

interface Range {
  readonly first: number
  readonly last: number
}

function portProblem(problem: 'range' | 'taken', { first, last }: Range): string {
  if (problem === 'taken') return 'provided port is already allocated'
  return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
}

function allocatePorts({ context, owner, service }: Taken, ports: Allocator, range: Range): void {
  // The same port for another protocol is one node port, if nobody says otherwise.
  const byPort = new Map<number, number>()
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    if (!port.nodePort) continue
    const problem = reserve(ports, port.nodePort, owner, context.undo)
    if (problem !== undefined)
      throw refuse(context.kind, service, (errors) =>
        errors.invalid(`spec.ports[${i}].nodePort`, port.nodePort, portProblem(problem, range)),
      )
    byPort.set(port.port, port.nodePort)
  }
  for (const port of service.spec.ports ?? []) {
    if (port.nodePort) continue
    const shared = byPort.get(port.port)
    const free =
      shared !== undefined && !service.spec.ports?.some((p) => p.nodePort === shared && p.protocol === port.protocol)
    const number = free ? shared : ports.next(owner)
    if (number === undefined) throw internalError(new Error('failed to allocate a nodePort: range is full'))
    context.undo.push(() => ports.release(number))
    port.nodePort = number
    byPort.set(port.port, number)
  }
  context.done.push(() => {
    for (const { nodePort } of service.spec.ports ?? []) if (nodePort) ports.release(nodePort)
  })
}

function allocateHealthCheckPort({ context, owner, service }: Taken, ports: Allocator, range: Range): void {
  const { spec } = service
  if (spec.healthCheckNodePort) {
    const problem = reserve(ports, spec.healthCheckNodePort, owner, context.undo)
    if (problem !== undefined)
      throw refuse(context.kind, service, (errors) =>
        errors.invalid('spec.healthCheckNodePort', spec.healthCheckNodePort, portProblem(problem, range)),
      )
  } else {
    const number = ports.next(owner)
    if (number === undefined) throw internalError(new Error('failed to allocate a nodePort: range is full'))
    context.undo.push(() => ports.release(number))
    spec.healthCheckNodePort = number
  }
  const number = spec.healthCheckNodePort
  context.done.push(() => ports.release(number))
}
