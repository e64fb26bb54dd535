// What a pod asks for and what it may use at most, exactly and in the units it was written in: for quotas and for
// ranges of limits, which show the sums to people. What the scheduler and the agent count with, in thousandths, is in
// pod-requests.ts (upstream: resourcehelper.PodRequests and PodLimits).

import { Quantity } from '../quantity.ts'
import type { Container } from './container.ts'
import type { ContainerStatus } from './container-status.ts'
import { containerSum, isPodLevel } from './container-sum.ts'
import type { Pod } from './pod.ts'
import type { ResourceRequirements } from './resources.ts'

export type Amounts = Map<string, Quantity>
type Side = 'requests' | 'limits'

export interface PodResourcesOptions {
  /** While a container is being resized, the most of what it has and what it wants counts. */
  readonly status?: boolean
  readonly overhead?: boolean
}

export const parseAmounts = (texts: Readonly<Record<string, string>> | undefined): Amounts => {
  const amounts: Amounts = new Map()
  for (const name in texts) amounts.set(name, Quantity.parse(texts[name]!))
  return amounts
}

function addAmounts(to: Amounts, more: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of more) to.set(name, to.get(name)?.add(amount) ?? amount)
}

export function raiseAmounts(to: Amounts, least: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of least) {
    const before = to.get(name)
    if (!before || before.compare(amount) < 0) to.set(name, amount)
  }
}

const isInfeasible = ({ status }: Pod): boolean =>
  (status?.conditions ?? []).some(
    ({ type, status: is, reason }) => type === 'PodResizePending' && is === 'True' && reason === 'Infeasible',
  )

/** A resize that cannot be is not counted; until another one is done, the larger of both states is. */
function inForce(side: Side, spec: Amounts, status: ContainerStatus | undefined, infeasible: boolean): Amounts {
  if (!status?.resources) return spec
  const amounts: Amounts = infeasible ? new Map() : spec
  raiseAmounts(amounts, parseAmounts(status.resources[side]))
  if (side === 'requests') raiseAmounts(amounts, parseAmounts(status.allocatedResources))
  return amounts
}

function amountsOf(pod: Pod, side: Side, options: PodResourcesOptions): (container: Container) => Amounts {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const statuses = options.status ? [...containerStatuses, ...initContainerStatuses] : []
  const infeasible = statuses.length > 0 && isInfeasible(pod)
  return ({ name, resources }) =>
    inForce(
      side,
      parseAmounts(resources?.[side]),
      statuses.find((status) => status.name === name),
      infeasible,
    )
}

export function podResources(pod: Pod, side: Side, options: PodResourcesOptions = {}): Amounts {
  const { spec } = pod
  const total = containerSum(spec, amountsOf(pod, side, options), { add: addAmounts, raise: raiseAmounts })
  for (const [name, amount] of parseAmounts((spec.resources as ResourceRequirements | undefined)?.[side]))
    if (isPodLevel(name)) total.set(name, amount)
  if (options.overhead) addOverhead(total, side, parseAmounts(spec.overhead))
  return total
}

/** What is not limited stays so. */
function addOverhead(total: Amounts, side: Side, overhead: Amounts): void {
  for (const [name, amount] of overhead) {
    const before = total.get(name)
    if (side === 'requests' || (before && !before.isZero)) total.set(name, before?.add(amount) ?? amount)
  }
}
