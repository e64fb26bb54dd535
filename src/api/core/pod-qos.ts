// The quality of service of a pod, told by its requests and limits: who asks for exactly what it may use is
// guaranteed it, who asks for nothing gives way first.

import { Quantity } from '../quantity.ts'
import type { PodSpec } from './pod-spec.ts'
import type { ResourceRequirements } from './resources.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const counted = ['cpu', 'memory'] as const
type Sums = Map<string, Quantity>

/** Adds what is asked for; zero is as good as nothing. Returns how many of the counted resources were there. */
function add(sums: Sums, amounts: ResourceRequirements['limits'] = {}): number {
  let found = 0
  for (const name of counted) {
    const text = amounts[name]
    if (text === undefined) continue
    const amount = Quantity.parse(text)
    if (amount.sign <= 0) continue
    found++
    sums.set(name, (sums.get(name) ?? Quantity.zero).add(amount))
  }
  return found
}

/** Assumes quantities that can be parsed. */
export function qosClassOf(spec: PodSpec): QosClass {
  const requests: Sums = new Map()
  const limits: Sums = new Map()
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  // What is given for the pod as a whole stands for all of its containers.
  const all = spec.resources ? [spec.resources] : containers.map((container) => container.resources)
  let everyLimit = true
  for (const resources of all) {
    add(requests, resources.requests)
    if (add(limits, resources.limits) < counted.length) everyLimit = false
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  const same = [...requests].every(([name, amount]) => limits.get(name)?.equals(amount))
  return everyLimit && same && requests.size === limits.size ? 'Guaranteed' : 'Burstable'
}
