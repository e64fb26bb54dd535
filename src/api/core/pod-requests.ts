// What a pod takes of a node, as scheduler and agent both count it: its containers together, or its neediest
// moment while init containers run, whichever is more, and its overhead (upstream: resourcehelper.PodRequests).

import { milliValue } from '../quantity.ts'
import type { Container } from './container.ts'
import type { PodSpec } from './pod-spec.ts'

/** Thousandths of each resource's unit, by name. */
export type Amounts = Map<string, number>

const amountsOf = (quantities: Readonly<Record<string, string>> | undefined): Amounts => {
  const amounts: Amounts = new Map()
  for (const name in quantities) amounts.set(name, milliValue(quantities[name]))
  return amounts
}

const add = (to: Amounts, more: Amounts): void => {
  for (const [name, value] of more) to.set(name, (to.get(name) ?? 0) + value)
}

const raise = (to: Amounts, least: Amounts): void => {
  for (const [name, value] of least) to.set(name, Math.max(to.get(name) ?? 0, value))
}

const requestsOf = ({ resources }: Container): Amounts => amountsOf(resources?.requests)

export function podRequests(spec: PodSpec): Amounts {
  const total: Amounts = new Map()
  for (const container of spec.containers) add(total, requestsOf(container))
  // A sidecar stays while later init containers run, so these add up with it.
  const sidecars: Amounts = new Map()
  const peak: Amounts = new Map()
  for (const init of spec.initContainers ?? []) {
    const own = requestsOf(init)
    if (init.restartPolicy === 'Always') {
      add(sidecars, own)
      add(total, own)
      raise(peak, sidecars)
    } else {
      add(own, sidecars)
      raise(peak, own)
    }
  }
  raise(total, peak)
  for (const [name, value] of amountsOf(spec.resources?.requests)) total.set(name, value)
  add(total, amountsOf(spec.overhead))
  return total
}
