// Requests and limits: known names, amounts that can be, requests within their limits.

import { own } from '#lib/json.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { dns1123Label, qualifiedName } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { ContainerResizePolicy, ResourceClaim, ResourceRequirements } from './resources.ts'

const standard = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
])
const countedWhole = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
export const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
/** Of these, more may be allowed than there is; of all others the limit is what is asked for. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

export function validateAmount(name: string, amount: string, path: Path, errors: FieldErrors): void {
  const quantity = Quantity.parse(amount)
  if (quantity.sign < 0) errors.invalid(path, quantity.toString(), 'must be greater than or equal to 0')
  if ((countedWhole.has(name) || isExtended(name)) && quantity.milliValue % 1000 !== 0) {
    errors.invalid(path, quantity.toString(), 'must be an integer')
  }
}

type NameRule = (name: string, path: Path, errors: FieldErrors) => void

/** Returns whether it may be said more about the name. */
export function validateKnownName(name: string, path: Path, errors: FieldErrors): boolean {
  const complaints = qualifiedName(name)
  errors.invalidEach(path, name, complaints)
  if (complaints.length > 0) return false
  if (name.includes('/') || standard.has(name) || isHugePages(name.replace(/^requests\./, ''))) return true
  errors.invalid(path, name, 'must be a standard resource type or fully qualified')
  return false
}

export const validateContainerResourceName: NameRule = (name, path, errors) => {
  validateKnownName(name, path, errors)
  if (!name.includes('/')) {
    const known = name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || isHugePages(name)
    if (!known) errors.invalid(path, name, 'must be a standard resource for containers')
  } else if (!isNative(name) && !isExtended(name)) {
    errors.invalid(path, name, "doesn't follow extended resource name standard")
  }
}

/** What a quota may count. */
export const validateQuotaResourceName: NameRule = (name, path, errors) => {
  validateKnownName(name, path, errors)
  if (name.includes('/') || (standard.has(name) && name !== 'storage')) return
  if (isHugePages(name.replace(/^requests\./, ''))) return
  errors.invalid(path, name, 'must be a standard resource for quota')
}

const ofPod: NameRule = (name, path, errors) => {
  if (!validateKnownName(name, path, errors)) return
  if (name !== 'cpu' && name !== 'memory' && !isHugePages(name)) errors.notSupported(path, name, ['cpu', 'memory'])
}

function validateHugePages(name: string, amount: Quantity, path: Path, errors: FieldErrors): void {
  if (!isHugePages(name)) return
  let page: bigint
  try {
    page = Quantity.parse(name.slice('hugepages-'.length)).nano
  } catch {
    page = 0n
  }
  if (page > 0n && amount.sign > 0 && amount.nano % page === 0n) return
  if (page > 0n && amount.isZero) return
  errors.invalid(path, amount.toString(), `${amount} is not positive integer multiple of ${name}`)
}

function validateRequests(resources: ResourceRequirements, rule: NameRule, path: Path, errors: FieldErrors): void {
  const requestsPath = path.child('requests')
  for (const [name, text] of Object.entries(resources.requests ?? {})) {
    const at = requestsPath.key(name)
    rule(name, at, errors)
    validateAmount(name, text, at, errors)
    const amount = Quantity.parse(text)
    const limitText = own(resources.limits ?? {}, name)
    if (limitText !== undefined) {
      const limit = Quantity.parse(limitText)
      const told = () => `${name} limit of ${limit}`
      if (!mayOvercommit(name) && !amount.equals(limit)) {
        errors.invalid(requestsPath, amount.toString(), `must be equal to ${told()}`)
      } else if (amount.compare(limit) > 0) {
        errors.invalid(requestsPath, amount.toString(), `must be less than or equal to ${told()}`)
      }
    } else if (!mayOvercommit(name)) {
      errors.required(path.child('limits'), 'Limit must be set for non overcommitable resources')
    }
    validateHugePages(name, amount, at, errors)
  }
}

function validateClaims(
  claims: readonly ResourceClaim[],
  podClaims: ReadonlySet<string>,
  path: Path,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  claims.forEach(({ name, request }, i) => {
    const at = path.index(i)
    if (!name) {
      errors.required(at)
      return
    }
    if (request) errors.invalidEach(at.child('request'), request, dns1123Label(request))
    const key = request ? `${name}/${request}` : name
    const overlaps = !request && [...seen].some((other) => other.startsWith(`${name}/`))
    if (seen.has(name) || overlaps) errors.duplicate(at, name)
    else if (seen.has(key)) errors.duplicate(at, key)
    seen.add(key)
    if (!podClaims.has(name)) {
      const known = podClaims.size === 0 ? ' which is empty' : `: ${[...podClaims].sort().join(', ')}`
      errors.notFound(at, name, `must be one of the names in pod.spec.resourceClaims${known}`)
    }
  })
}

function validateResources(resources: ResourceRequirements, rule: NameRule, path: Path, errors: FieldErrors): void {
  for (const [name, text] of Object.entries(resources.limits ?? {})) {
    const at = path.child('limits').key(name)
    rule(name, at, errors)
    validateAmount(name, text, at, errors)
    validateHugePages(name, Quantity.parse(text), at, errors)
  }
  validateRequests(resources, rule, path, errors)
  const names = [...Object.keys(resources.limits ?? {}), ...Object.keys(resources.requests ?? {})]
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.forbidden(path, 'HugePages require cpu or memory')
  }
}

export function validateContainerResources(
  resources: ResourceRequirements,
  podClaims: ReadonlySet<string>,
  path: Path,
  errors: FieldErrors,
): void {
  validateResources(resources, validateContainerResourceName, path, errors)
  validateClaims(resources.claims ?? [], podClaims, path.child('claims'), errors)
}

export interface Sized {
  readonly resources: ResourceRequirements
}

/** What is given for the pod as a whole must have room for what its containers ask for. */
export function validatePodResources(
  resources: ResourceRequirements,
  containers: readonly Sized[],
  path: Path,
  errors: FieldErrors,
): void {
  if (resources.claims) errors.forbidden(path.child('claims'), 'claims cannot be set for Resources at pod-level')
  validateResources(resources, ofPod, path, errors)
  const sums = new Map<string, Quantity>()
  for (const container of containers) {
    for (const [name, text] of Object.entries(container.resources.requests ?? {})) {
      sums.set(name, (sums.get(name) ?? Quantity.zero).add(Quantity.parse(text)))
    }
  }
  for (const [name, sum] of sums) {
    const mine = Quantity.parse(own(resources.requests ?? {}, name) ?? '0')
    if (sum.compare(mine) <= 0) continue
    const why = `must be greater than or equal to aggregate container requests of ${sum}`
    errors.invalid(path.child('requests').key(name), mine.toString(), why)
  }
  containers.forEach((container, i) => {
    for (const [name, text] of Object.entries(container.resources.limits ?? {})) {
      const mine = own(resources.limits ?? {}, name)
      if (mine === undefined || Quantity.parse(text).compare(Quantity.parse(mine)) <= 0) continue
      const at = path.child('containers').index(i).key(name).child('limits')
      errors.invalid(at, canonical(text), `must be less than or equal to pod limits of ${canonical(mine)}`)
    }
  })
}

const canonical = (text: string): string => Quantity.parse(text).toString()

export function validateResizePolicy(
  policies: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
  path: Path,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  policies.forEach(({ resourceName, restartPolicy }, i) => {
    if (seen.has(resourceName)) errors.duplicate(path.index(i), resourceName)
    seen.add(resourceName)
    if (!resourceName) errors.required(path)
    else if (resourceName !== 'cpu' && resourceName !== 'memory') {
      errors.notSupported(path, resourceName, ['cpu', 'memory'])
    }
    if (!restartPolicy) errors.required(path)
    else if (restartPolicy !== 'NotRequired' && restartPolicy !== 'RestartContainer') {
      errors.notSupported(path, restartPolicy, ['NotRequired', 'RestartContainer'])
    }
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")
    }
  })
}
