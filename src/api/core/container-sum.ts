// What the containers of a pod take together: all that run side by side, or the neediest moment while init containers
// run, whichever is more. For amounts of any form, by name.

import type { Container } from './container.ts'
import type { PodSpec } from './pod-spec.ts'

export interface Arithmetic<V> {
  readonly add: (to: Map<string, V>, more: ReadonlyMap<string, V>) => void
  /** Makes each at least what it is in `least`. */
  readonly raise: (to: Map<string, V>, least: ReadonlyMap<string, V>) => void
}

/** `amountsOf` gives a new map each time. */
export function containerSum<V>(
  { containers = [], initContainers = [] }: Partial<Pick<PodSpec, 'containers' | 'initContainers'>>,
  amountsOf: (container: Container) => Map<string, V>,
  { add, raise }: Arithmetic<V>,
): Map<string, V> {
  const total = new Map<string, V>()
  for (const container of containers) add(total, amountsOf(container))
  // A sidecar stays while later init containers run, so these add up with it.
  const sidecars = new Map<string, V>()
  const peak = new Map<string, V>()
  for (const init of initContainers) {
    const own = amountsOf(init)
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
  return total
}

/** May be asked for by the pod as a whole; it then stands for the sum of its containers. */
export const isPodLevel = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
