// What the checks look at: a pod, or what pods will be made of, and words about its containers.

import type { Container, EphemeralContainer } from '#api/core/container.ts'
import type { PodSpec } from '#api/core/pod-spec.ts'

export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: PodSpec
}

/** What all sorts of containers have in common. */
export type CheckedContainer = Container | EphemeralContainer

/** Undefined: the check has nothing against it. */
export type Check = (pod: CheckedPod) => Violation | undefined

export interface Violation {
  readonly reason: string
  /** May be empty. */
  readonly detail: string
}

export const containersOf = ({ spec }: CheckedPod): readonly CheckedContainer[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...(spec.ephemeralContainers ?? []),
]

/** Names of the containers that something is true of. */
export const namesOf = (pod: CheckedPod, is: (container: CheckedContainer) => boolean): readonly string[] =>
  containersOf(pod)
    .filter(is)
    .map(({ name }) => name)

export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ')

export const counted = (word: string, items: readonly string[]): string => (items.length === 1 ? word : `${word}s`)

/** `container "a"`, `containers "a", "b"`. */
export const named = (names: readonly string[]): string => `${counted('container', names)} ${quoted(names)}`

/** `pod and container "a"`; empty when it is nobody. */
export const setters = (pod: boolean, containers: readonly string[]): string =>
  [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ')

export const sorted = (items: Iterable<string>): readonly string[] => [...new Set(items)].sort()

/** Its users are not those of the node, whatever their numbers are. */
export const hasOwnUsers = ({ spec }: CheckedPod): boolean => spec.hostUsers === false

export const isWindows = ({ spec }: CheckedPod): boolean => spec.os?.name === 'windows'

/** A check that does not concern such pods. */
export const unless =
  (excepted: (pod: CheckedPod) => boolean, check: Check): Check =>
  (pod) =>
    excepted(pod) ? undefined : check(pod)
