// Which updates of a pod are looked at again: those that bring in something to run, or change how calls are filtered.
// Others must always be possible, as a pod of before may not be what is asked for now.

import type { Pod } from '#api/core/pod.ts'
import type { CheckedContainer } from './pod.ts'

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/'

export function isSignificant(next: Pod, old: Pod): boolean {
  const differs = (annotation: string) =>
    next.metadata.annotations?.[annotation] !== old.metadata.annotations?.[annotation]
  const isChanged = (container: CheckedContainer, before: CheckedContainer | undefined) =>
    !before || container.image !== before.image || differs(seccompPrefix + container.name)
  const anyChanged = (now: readonly CheckedContainer[] = [], before: readonly CheckedContainer[] = []) =>
    now.length !== before.length || now.some((container, i) => isChanged(container, before[i]))
  const { spec } = next
  return (
    differs(seccompPod) ||
    anyChanged(spec.containers, old.spec.containers) ||
    anyChanged(spec.initContainers, old.spec.initContainers) ||
    (spec.ephemeralContainers ?? []).some((container) =>
      isChanged(
        container,
        old.spec.ephemeralContainers?.find(({ name }) => name === container.name),
      ),
    )
  )
}
