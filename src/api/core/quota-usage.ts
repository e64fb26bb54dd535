// What one object uses of a quota: which names count it, how much it uses of each, in which scopes it is, and what it
// must say of itself. One code for admission, which asks before an object is stored, and for the controller, which
// counts what is stored (upstream: k8s.io/kubernetes/pkg/quota/v1/evaluator).

import type { ApiObject } from '../kind.ts'
import { Quantity } from '../quantity.ts'
import type { ResourceClaim } from '../resource/resource-claim.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import type { Pod } from './pod.ts'
import { countsPods, isTerminating, podInScope, podUsage, releasedAtMs, unsaid } from './pod-quota.ts'
import type { Amounts } from './pod-resources.ts'
import {
  deviceClassPrefix,
  isExtendedQuota,
  requestsPrefix,
  selects,
  type Usage,
  type UsageContext,
} from './quota-scope.ts'
import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from './resource-quota-types.ts'
import type { Service } from './service.ts'

interface Evaluator {
  /** Whether a quota of this name counts objects of this kind. */
  readonly counts: (name: string) => boolean
  readonly usage: (object: ApiObject, context: UsageContext) => Amounts
  /** Kinds without it are in no scope. */
  readonly inScope?: (object: ApiObject, requirement: ScopedResourceSelectorRequirement) => boolean
  /** Why it cannot be counted by these names. */
  readonly problem?: (object: ApiObject, names: readonly string[]) => string | undefined
  readonly releasedAtMs?: (object: ApiObject) => number | undefined
  /** Whether an update may change what is used; a creation always does. */
  readonly changes?: (next: ApiObject, old: ApiObject, subresource: string) => boolean
}

const one = Quantity.fromInteger(1)
const countPrefix = 'count/'

/** Beside `count/...`, these go by their own names, too. */
const ownNames: ReadonlySet<string> = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'])
/** There are many, and they go by themselves. */
const uncounted: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

const countOnly = (resource: string): Evaluator => {
  const names = ownNames.has(resource) ? [countPrefix + resource, resource] : [countPrefix + resource]
  return {
    counts: (name) => names.includes(name),
    usage: () => new Map(names.map((name) => [name, one])),
  }
}

const evaluators: Readonly<Record<string, Evaluator>> = {
  pods: {
    counts: countsPods,
    usage: (pod, context) => podUsage(pod as Pod, context),
    inScope: (pod, requirement) => podInScope(pod as Pod, requirement),
    problem: (pod, names) => unsaid(pod as Pod, names),
    releasedAtMs: (pod) => releasedAtMs(pod as Pod),
    changes: (next, old, subresource) =>
      subresource === 'resize' || (subresource === '' && isTerminating(next as Pod) !== isTerminating(old as Pod)),
  },
  services: {
    counts: (name) => serviceNames.has(name),
    usage: (service) => serviceUsage(service as Service),
    changes: (_next, _old, subresource) => subresource === '',
  },
  persistentvolumeclaims: {
    counts: (name) => claimNames.has(name) || classSuffixes.some((suffix) => name.endsWith(suffix)),
    usage: (claim) => claimUsage(claim as PersistentVolumeClaim),
    inScope: (claim, requirement) => claimInScope(claim as PersistentVolumeClaim, requirement),
    changes: (_next, _old, subresource) => subresource === '',
  },
  'resourceclaims.resource.k8s.io': {
    counts: (name) => name === countPrefix + deviceClaims || name.endsWith(deviceClassSuffix) || isExtendedQuota(name),
    usage: (claim, context) => deviceClaimUsage(claim as ResourceClaim, context),
    changes: (_next, _old, subresource) => subresource === '',
  },
}

const known = new Map<string, Evaluator>(Object.entries(evaluators))
const maxKnown = 4096

function evaluatorOf(resource: string): Evaluator {
  let evaluator = known.get(resource)
  if (!evaluator) {
    evaluator = countOnly(resource)
    if (known.size < maxKnown) known.set(resource, evaluator)
  }
  return evaluator
}

/** Of these names, those that count objects of the resource, as `pods` or `deployments.apps`. */
export const namesCounting = (resource: string, names: readonly string[]): readonly string[] => {
  if (uncounted.has(resource)) return []
  const { counts } = evaluatorOf(resource)
  return names.filter(counts)
}

/** Every resource that one of these names counts; whether it is served, nobody knows here. */
export function resourcesCounted(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const name of names) {
    if (name.startsWith(countPrefix)) found.add(name.slice(countPrefix.length))
    if (ownNames.has(name)) found.add(name)
    for (const [resource, { counts }] of Object.entries(evaluators)) if (counts(name)) found.add(resource)
  }
  for (const resource of uncounted) found.delete(resource)
  return found
}

export const mayChangeUsage = (resource: string, next: ApiObject, old: ApiObject, subresource: string): boolean =>
  evaluatorOf(resource).changes?.(next, old, subresource) ?? false

export const usageOf = (resource: string, object: ApiObject, context: UsageContext): Usage =>
  evaluatorOf(resource).usage(object, context)

/** Why the object cannot be counted by these names of a quota. */
export const countingProblem = (resource: string, object: ApiObject, names: readonly string[]): string | undefined =>
  evaluatorOf(resource).problem?.(object, names)

const requirementsOf = ({ scopes = [], scopeSelector }: ResourceQuotaSpec): ScopedResourceSelectorRequirement[] => [
  ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' as const })),
  ...(scopeSelector?.matchExpressions ?? []),
]

/** Whether a quota is about the object, as far as its scopes say. */
export function inScopes(resource: string, object: ApiObject, spec: ResourceQuotaSpec): boolean {
  const { inScope } = evaluatorOf(resource)
  return requirementsOf(spec).every((requirement) => inScope?.(object, requirement) ?? false)
}

/** When the object ceases to be charged by the mere course of time; undefined: never. */
export const releasedAt = (resource: string, object: ApiObject): number | undefined =>
  evaluatorOf(resource).releasedAtMs?.(object)

// Services

const serviceNames: ReadonlySet<string> = new Set([
  ...['count/services', 'services', 'services.nodeports', 'services.loadbalancers'],
])

function serviceUsage({ spec }: Service): Amounts {
  const ports = spec.ports ?? []
  const balanced = spec.type === 'LoadBalancer'
  // Ports that are yet to be given out count, unless none will be.
  const given = balanced && spec.allocateLoadBalancerNodePorts === false ? ports.filter((port) => port.nodePort) : ports
  const nodePorts = balanced || spec.type === 'NodePort' ? given.length : 0
  return new Map([
    ['count/services', one],
    ['services', one],
    ['services.nodeports', Quantity.fromInteger(nodePorts)],
    ['services.loadbalancers', balanced ? one : Quantity.zero],
  ])
}

// Claims of storage

const claims = 'persistentvolumeclaims'
const storage = 'requests.storage'
const classInfix = '.storageclass.storage.k8s.io/'
const classSuffixes = [classInfix + claims, classInfix + storage]
const claimNames: ReadonlySet<string> = new Set([countPrefix + claims, claims, storage])
const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

function claimUsage({ metadata, spec, status }: PersistentVolumeClaim): Amounts {
  const usage: Amounts = new Map([
    [countPrefix + claims, one],
    [claims, one],
  ])
  const className = metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? ''
  if (className !== '') usage.set(className + classInfix + claims, one)
  const requested = spec.resources?.requests?.storage
  if (requested === undefined) return usage
  let size = Quantity.parse(requested)
  const allocated = Quantity.parse(status?.allocatedResources?.storage ?? '0')
  if (allocated.compare(size) > 0) size = allocated
  // A part of a byte is a byte.
  if (!size.isInteger) size = Quantity.fromInteger(size.value, size.format)
  usage.set(storage, size)
  if (className !== '') usage.set(className + classInfix + storage, size)
  return usage
}

function claimInScope(claim: PersistentVolumeClaim, requirement: ScopedResourceSelectorRequirement): boolean {
  if (requirement.scopeName !== 'VolumeAttributesClass') return false
  const { spec, status } = claim
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ]
  return selects(
    requirement,
    names.filter((name): name is string => !!name),
  )
}

// Claims of devices

const deviceClaims = 'resourceclaims.resource.k8s.io'
const deviceClassSuffix = '.deviceclass.resource.k8s.io/devices'
const ownedAnnotation = 'resource.kubernetes.io/extended-resource-claim'
/** As many as can be allocated to a claim: what one that wants all of them is charged. */
const mostDevices = 32

interface Way {
  readonly deviceClassName: string
  readonly allocationMode?: string
  readonly count?: number | bigint
}

const devicesOf = ({ allocationMode, count = 0 }: Way): number =>
  allocationMode === 'All' ? mostDevices : allocationMode === 'ExactCount' ? Number(count) : 0

function deviceClaimUsage(claim: ResourceClaim, { extendedResourceOf }: UsageContext): Amounts {
  const usage: Amounts = new Map([[countPrefix + deviceClaims, one]])
  // What stands for the extended resources of a pod has been charged with the pod by their names.
  const charged = claim.metadata.annotations?.[ownedAnnotation] === 'true'
  const add = (deviceClass: string, count: number) => {
    const extended = charged ? undefined : extendedResourceOf?.(deviceClass)
    const names = [
      deviceClass + deviceClassSuffix,
      ...(charged ? [] : [requestsPrefix + deviceClassPrefix + deviceClass]),
      ...(extended ? [requestsPrefix + extended] : []),
    ]
    for (const name of names) usage.set(name, (usage.get(name) ?? Quantity.zero).add(Quantity.fromInteger(count)))
  }
  for (const { exactly, firstAvailable = [] } of claim.spec.devices?.requests ?? []) {
    if (exactly) add(exactly.deviceClassName, devicesOf(exactly as Way))
    // Of several ways, the one that takes most of a class is charged for that class.
    const most = new Map<string, number>()
    for (const way of firstAvailable as readonly Way[])
      most.set(way.deviceClassName, Math.max(most.get(way.deviceClassName) ?? 0, devicesOf(way)))
    for (const [deviceClass, count] of most) add(deviceClass, count)
  }
  return usage
}
