// What a pod takes of a node, as scheduler and agent both count it: its containers together, or its neediest
// moment while init containers run, whichever is more, and its overhead (upstream: resourcehelper.PodRequests).

import { milliValue } from '../quantity.ts'
import type { Container } from './container.ts'
import { containerSum, isPodLevel } from './container-sum.ts'
import type { PodSpec } from './pod-spec.ts'

/** Thousandths of each resource's unit, by name. */
export type Amounts = Map<string, number>

const amountsOf = (quantities: Readonly<Record<string, string>> | undefined): Amounts => {
  const amounts: Amounts = new Map()
  for (const name in quantities) amounts.set(name, milliValue(quantities[name]))
  return amounts
}

const add = (to: Amounts, more: ReadonlyMap<string, number>): void => {
  for (const [name, value] of more) to.set(name, (to.get(name) ?? 0) + value)
}

const raise = (to: Amounts, least: ReadonlyMap<string, number>): void => {
  for (const [name, value] of least) to.set(name, Math.max(to.get(name) ?? 0, value))
}

const none: ReadonlyMap<string, number> = new Map()

/** `unsaid` is counted for every container that does not itself ask for that resource. */
export function podRequests(spec: PodSpec, unsaid: ReadonlyMap<string, number> = none): Amounts {
  const podLevel = amountsOf(spec.resources?.requests)
  const requestsOf = ({ resources }: Container): Amounts => {
    const own = amountsOf(resources?.requests)
    for (const [name, value] of unsaid) if (!own.has(name) && !podLevel.has(name)) own.set(name, value)
    return own
  }
  const total = containerSum(spec, requestsOf, { add, raise })
  for (const [name, value] of podLevel) if (isPodLevel(name)) total.set(name, value)
  add(total, amountsOf(spec.overhead))
  return total
}
