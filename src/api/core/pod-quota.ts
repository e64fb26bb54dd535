// What a pod uses of a quota, and in which of its scopes it is.

import { Quantity } from '../quantity.ts'
import type { PodAffinityTerm } from './affinity.ts'
import type { Container } from './container.ts'
import type { Pod } from './pod.ts'
import { qosClassOf } from './pod-qos.ts'
import { type Amounts, podResources } from './pod-resources.ts'
import { deviceClassPrefix, isExtendedQuota, requestsPrefix, selects, type UsageContext } from './quota-scope.ts'
import type { ScopedResourceSelectorRequirement } from './resource-quota-types.ts'
import { isExtended } from './validate-resources.ts'

const one = Quantity.fromInteger(1)

const podNames: ReadonlySet<string> = new Set([
  ...['count/pods', 'pods', 'cpu', 'memory', 'ephemeral-storage'],
  ...['requests.cpu', 'requests.memory', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
])

/** Whether a quota of this name counts pods. */
export const countsPods = (name: string): boolean =>
  podNames.has(name) || /^(requests\.)?hugepages-/.test(name) || isExtendedQuota(name)

/** `pods`, and what is asked for by each of the names that it goes by. */
function computeUsage(
  requests: ReadonlyMap<string, unknown>,
  limits: ReadonlyMap<string, unknown>,
): [string, string][] {
  const names: [name: string, source: string][] = []
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    if (requests.has(name)) names.push([name, name], [requestsPrefix + name, name])
    if (limits.has(name)) names.push([`limits.${name}`, name])
  }
  for (const name of requests.keys()) {
    if (name.startsWith('hugepages-')) names.push([name, name], [requestsPrefix + name, name])
    else if (isExtended(name) || name.startsWith(deviceClassPrefix)) names.push([requestsPrefix + name, name])
  }
  return names
}

/** When a pod ceases to be charged by the mere course of time; undefined: never. */
export function releasedAtMs({ metadata }: Pod): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return undefined
  return Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

/** A pod that has ended, or is overdue for its node is lost, keeps nobody from having another one. */
function isCharged(pod: Pod, nowMs: number): boolean {
  const { phase } = pod.status ?? {}
  if (phase === 'Failed' || phase === 'Succeeded') return false
  const endMs = releasedAtMs(pod)
  return endMs === undefined || nowMs <= endMs
}

export function podUsage(pod: Pod, { nowMs }: UsageContext): Amounts {
  const usage: Amounts = new Map([['count/pods', one]])
  if (!isCharged(pod, nowMs)) return usage
  const options = { status: true, overhead: true }
  const requests = podResources(pod, 'requests', options)
  const limits = podResources(pod, 'limits', options)
  usage.set('pods', one)
  for (const [name, source] of computeUsage(requests, limits))
    usage.set(name, (name.startsWith('limits.') ? limits : requests).get(source)!)
  return usage
}

/** If a quota limits one of these, every container must say what it wants of it. */
const mustBeSaid: ReadonlySet<string> = new Set([
  ...['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'],
])

const keysOf = (amounts: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(amounts ?? {}))

/** What its containers would have to say for it to be counted by these names. */
export function unsaid({ spec }: Pod, names: readonly string[]): string | undefined {
  const { requests = {}, limits = {} } = spec.resources ?? {}
  if (Object.keys(requests).length > 0 || Object.keys(limits).length > 0) return undefined
  const required = names.filter((name) => mustBeSaid.has(name)).sort()
  if (required.length === 0) return undefined
  const missing = new Map<string, Set<string>>()
  for (const { name, resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])] as Container[]) {
    const said = new Set(computeUsage(keysOf(resources?.requests), keysOf(resources?.limits)).map(([key]) => key))
    for (const key of required) if (!said.has(key)) missing.set(key, (missing.get(key) ?? new Set()).add(name))
  }
  if (missing.size === 0) return undefined
  const told = required.filter((key) => missing.has(key)).map((key) => `${key} for: ${[...missing.get(key)!].sort()}`)
  return `must specify ${told.join('; ')}`
}

export const isTerminating = ({ spec }: Pod): boolean => (spec.activeDeadlineSeconds ?? -1) >= 0

export function podInScope(pod: Pod, requirement: ScopedResourceSelectorRequirement): boolean {
  const { spec } = pod
  switch (requirement.scopeName) {
    case 'Terminating':
      return isTerminating(pod)
    case 'NotTerminating':
      return !isTerminating(pod)
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort'
    case 'PriorityClass':
      return selects(requirement, spec.priorityClassName ? [spec.priorityClassName] : [])
    case 'CrossNamespacePodAffinity':
      return looksAcross(pod)
    default:
      return false
  }
}

function looksAcross({ spec }: Pod): boolean {
  const terms: PodAffinityTerm[] = []
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    terms.push(...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []))
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      terms.push(podAffinityTerm)
  }
  return terms.some(({ namespaces, namespaceSelector }) => !!namespaces?.length || namespaceSelector !== undefined)
}
