// What ranges of limits say of a pod or a claim: what its containers get that say nothing, and where it is out of
// bounds. What an update leaves as it was is not looked at again: a range that has come later does not keep anybody
// from changing something else.

import { Quantity } from '../quantity.ts'
import type { Container } from './container.ts'
import type { LimitRangeItem, LimitRangeSpec } from './limit-range-types.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import type { Pod } from './pod.ts'
import { type Amounts, parseAmounts, podResources } from './pod-resources.ts'

const limitsAnnotation = 'kubernetes.io/limit-ranger'

type Texts = Readonly<Record<string, string>>

/** Fills in what is not said, and returns the names of it. */
function fillIn(amounts: Record<string, string>, defaults: Texts): readonly string[] {
  const missing = Object.keys(defaults).filter((name) => amounts[name] === undefined)
  for (const name of missing) amounts[name] = defaults[name]!
  return missing.sort()
}

/** Says what it has set in an annotation, as upstream does. */
export function setDefaults({ metadata, spec }: Pod, { limits = [] }: LimitRangeSpec): void {
  const items = limits.filter(({ type }) => type === 'Container')
  const requests: Texts = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest))
  const most: Texts = Object.assign({}, ...items.map((item) => item.default))
  const set: string[] = []
  const complete = (container: Container, what: string) => {
    const { resources = {} } = container
    const own = { limits: { ...resources.limits }, requests: { ...resources.requests } }
    const [requested, limited] = [fillIn(own.requests, requests), fillIn(own.limits, most)]
    if (requested.length > 0) set.push(`${requested.join(', ')} request for ${what} ${container.name}`)
    if (limited.length > 0) set.push(`${limited.join(', ')} limit for ${what} ${container.name}`)
    container.resources = {
      ...resources,
      ...(Object.keys(own.limits).length > 0 ? { limits: own.limits } : {}),
      ...(Object.keys(own.requests).length > 0 ? { requests: own.requests } : {}),
    }
  }
  for (const container of spec.containers ?? []) complete(container, 'container')
  for (const container of spec.initContainers ?? []) complete(container, 'init container')
  if (set.length === 0) return
  metadata.annotations = { ...metadata.annotations, [limitsAnnotation]: `LimitRanger plugin set: ${set.join('; ')}` }
}

interface Asked {
  readonly requests: Amounts
  readonly limits: Amounts
}

type Rule = (
  where: string,
  bound: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
) => string | undefined

const minimum: Rule = (where, bound, request, limit) => {
  const told = `minimum ${where} is ${bound}`
  if (!request) return `${told}.  No request is specified`
  if (request.compare(bound) < 0) return `${told}, but request is ${request}`
  return limit && limit.compare(bound) < 0 ? `${told}, but limit is ${limit}` : undefined
}

const maximum: Rule = (where, bound, request, limit) => {
  const told = `maximum ${where} is ${bound}`
  if (!limit) return `${told}.  No limit is specified`
  if (limit.compare(bound) > 0) return `${told}, but limit is ${limit}`
  return request && request.compare(bound) > 0 ? `${told}, but request is ${request}` : undefined
}

const maximumRequest: Rule = (where, bound, request) => {
  const told = `maximum ${where} is ${bound}`
  if (!request) return `${told}.  No request is specified`
  return request.compare(bound) > 0 ? `${told}, but request is ${request}` : undefined
}

const million = 1_000_000n

/** To six places, half to even. */
function formatRatio(limit: bigint, request: bigint): string {
  const scaled = limit * million
  const floor = scaled / request
  const twice = (scaled % request) * 2n
  const rounded = twice > request || (twice === request && floor % 2n === 1n) ? floor + 1n : floor
  return `${rounded / million}.${String(rounded % million).padStart(6, '0')}`
}

const ratio: Rule = (where, bound, request, limit) => {
  const told = `${where} is ${bound}`
  if (!request || request.isZero) return `${told}, but no request is specified or request is 0`
  if (!limit || limit.isZero) return `${told}, but no limit is specified or limit is 0`
  if (limit.nano * 1_000_000_000n <= request.nano * bound.nano) return undefined
  return `${told}, but provided ratio is ${formatRatio(limit.nano, request.nano)}`
}

const sameAmount = (name: string, next: Amounts, old: Amounts): boolean => {
  const [is, was] = [next.get(name), old.get(name)]
  return is && was ? is.equals(was) : is === was
}

/** Resources in the order of their names: what is told is the same each time. */
const boundsOf = (texts: Texts | undefined): readonly [string, Quantity][] =>
  Object.keys(texts ?? {})
    .sort()
    .map((name) => [name, Quantity.parse(texts![name]!)])

/** `old` is what it asked for before an update. */
function problemsOf(item: LimitRangeItem, next: Asked, old: Asked | undefined, upper: Rule = maximum): string[] {
  const problems: string[] = []
  const check = (rule: Rule, texts: Texts | undefined, whereOf: (name: string) => string) => {
    for (const [name, bound] of boundsOf(texts)) {
      if (old && sameAmount(name, next.requests, old.requests) && sameAmount(name, next.limits, old.limits)) continue
      const problem = rule(whereOf(name), bound, next.requests.get(name), next.limits.get(name))
      if (problem !== undefined) problems.push(problem)
    }
  }
  const usage = (name: string) => `${name} usage per ${item.type}`
  check(minimum, item.min, usage)
  check(upper, item.max, usage)
  if (upper !== maximum) return problems
  check(ratio, item.maxLimitRequestRatio, (name) => `${name} max limit to request ratio per ${item.type}`)
  return problems
}

const askedBy = ({ resources }: Container): Asked => ({
  requests: parseAmounts(resources?.requests),
  limits: parseAmounts(resources?.limits),
})

const askedByPod = (pod: Pod): Asked => ({
  requests: podResources(pod, 'requests'),
  limits: podResources(pod, 'limits'),
})

function containerProblems(
  item: LimitRangeItem,
  next: readonly Container[] = [],
  old?: readonly Container[],
): string[] {
  return next.flatMap((container) => {
    const before = old?.find(({ name }) => name === container.name)
    return problemsOf(item, askedBy(container), before && askedBy(before))
  })
}

/** In the order of the range's items; none: the pod is within all bounds. */
export function podProblems({ limits = [] }: LimitRangeSpec, pod: Pod, old: Pod | undefined): readonly string[] {
  return limits.flatMap((item) => {
    if (item.type === 'Pod') return problemsOf(item, askedByPod(pod), old && askedByPod(old))
    if (item.type !== 'Container') return []
    return [
      ...containerProblems(item, pod.spec.containers, old?.spec.containers),
      ...containerProblems(item, pod.spec.initContainers, old && (old.spec.initContainers ?? [])),
    ]
  })
}

/** Only what a claim asks for counts, not its limits. */
export function claimProblems(
  { limits = [] }: LimitRangeSpec,
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim | undefined,
): readonly string[] {
  const asked = ({ spec }: PersistentVolumeClaim): Asked => ({
    requests: parseAmounts(spec.resources?.requests),
    limits: new Map(),
  })
  const [next, before] = [asked(claim), old && asked(old)]
  return limits
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => problemsOf(item, next, before, maximumRequest))
}
