// The (anti-)affinity terms of a pod, read once: which pods they mean, and what counts as one place.

import type { PodAffinityTerm } from '#api/core/affinity.ts'
import type { Pod } from '#api/core/pod.ts'
import { type Labels, Selector, SelectorError, selectorOf } from '#api/labels.ts'
import type { LabelSelector } from '#api/meta/label-selector.ts'

export interface Term {
  readonly topologyKey: string
  readonly selector: Selector
  /** The namespaces meant by name, and those meant by their labels. */
  readonly namespaces: ReadonlySet<string>
  readonly namespaceSelector: Selector
  readonly weight: number
  /** Terms of the same name mean the same. */
  readonly name: string
}

export interface PodTerms {
  readonly requiredAffinity: readonly Term[]
  readonly requiredAntiAffinity: readonly Term[]
  readonly preferredAffinity: readonly Term[]
  readonly preferredAntiAffinity: readonly Term[]
}

export const termKinds = [
  'requiredAffinity',
  'requiredAntiAffinity',
  'preferredAffinity',
  'preferredAntiAffinity',
] as const
export type TermKind = (typeof termKinds)[number]

/** The labels of a namespace by its name. */
export type LabelsOfNamespace = (name: string) => Labels | undefined

export const noTerms: PodTerms = {
  requiredAffinity: [],
  requiredAntiAffinity: [],
  preferredAffinity: [],
  preferredAntiAffinity: [],
}

/** A selector that cannot be read selects nothing: the server lets none through, and one pod must not stop all. */
function read(selector: LabelSelector | undefined): Selector {
  try {
    return selectorOf(selector)
  } catch (error) {
    if (error instanceof SelectorError) return Selector.nothing
    throw error
  }
}

/** The selector, and besides that its matching pods have, or have not, this pod's own values of some labels. */
export function withOwnLabels(
  selector: LabelSelector | undefined,
  own: Labels | undefined,
  same: readonly string[] = [],
  other: readonly string[] = [],
): Selector {
  const require = (keys: readonly string[], operator: 'In' | 'NotIn') =>
    keys.flatMap((key) => {
      const value = own?.[key]
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    })
  const more = [...require(same, 'In'), ...require(other, 'NotIn')]
  if (more.length === 0) return read(selector)
  return read({ ...selector, matchExpressions: [...(selector?.matchExpressions ?? []), ...more] })
}

/** Like the selector's own text, but tells nothing from everything. */
export const selectorText = (selector: Selector): string => (selector.matchesNothing ? '-' : `${selector}`)

/** Whether a term means this pod. */
export const means = (
  { namespaces, namespaceSelector, selector }: Term,
  namespace: string,
  labels: Labels | undefined,
  labelsOf: LabelsOfNamespace,
): boolean =>
  (namespaces.has(namespace) ||
    (!namespaceSelector.matchesNothing && namespaceSelector.matches(labelsOf(namespace)))) &&
  selector.matches(labels)

export function termsOf({ metadata, spec }: Pod): PodTerms {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  if (!podAffinity && !podAntiAffinity) return noTerms
  const term = (from: PodAffinityTerm, weight: number): Term => {
    const { topologyKey, labelSelector, matchLabelKeys, mismatchLabelKeys } = from
    const selector = withOwnLabels(labelSelector, metadata.labels, matchLabelKeys, mismatchLabelKeys)
    const namespaceSelector = read(from.namespaceSelector)
    // Without any word of namespaces its own is meant.
    const isOwn = !from.namespaces?.length && from.namespaceSelector === undefined
    const names = isOwn ? [metadata.namespace ?? ''] : [...(from.namespaces ?? [])].sort()
    const where = `${names.join()} ${selectorText(namespaceSelector)}`
    return {
      topologyKey,
      selector,
      namespaces: new Set(names),
      namespaceSelector,
      weight,
      name: `${topologyKey} ${weight} ${where} ${selectorText(selector)}`,
    }
  }
  const required = (side: typeof podAffinity) =>
    (side?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => term(one, 1))
  const preferred = (side: typeof podAffinity) =>
    (side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => term(one.podAffinityTerm, one.weight))
  return {
    requiredAffinity: required(podAffinity),
    requiredAntiAffinity: required(podAntiAffinity),
    preferredAffinity: preferred(podAffinity),
    preferredAntiAffinity: preferred(podAntiAffinity),
  }
}
