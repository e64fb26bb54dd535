// Whether a node is one that a pod asks for, by nodeSelector and required node affinity, and how much it is
// preferred (upstream: component-helpers/scheduling/corev1/nodeaffinity). Read once per pod, asked per node.

import type { Affinity } from './affinity.ts'
import type { Node } from './node.ts'
import type { NodeSelectorRequirement, NodeSelectorTerm } from './node-selector.ts'

type Labels = Readonly<Record<string, string>>

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default: {
      if (value === undefined || !/^-?\d+$/.test(value)) return false
      const bound = Number(values[0])
      return operator === 'Gt' ? Number(value) > bound : Number(value) < bound
    }
  }
}

/** A term without any requirement matches no node. */
export function termMatches(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  labels: Labels,
  nodeName: string,
): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => holds(requirement, requirement.key === 'metadata.name' ? nodeName : undefined))
  )
}

export interface NodeRequirements {
  readonly nodeSelector?: Labels | undefined
  readonly affinity?: Affinity | undefined
}

/** Whether the pod asks for this node, or for none in particular. */
export function nodeMatches({ nodeSelector, affinity }: NodeRequirements, node: Node): boolean {
  const { labels = {}, name = '' } = node.metadata
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => termMatches(term, labels, name))
}

/** The sum of the weights of the preferences that this node meets. */
export function nodePreference(affinity: Affinity | undefined, node: Node): number {
  const { labels = {}, name = '' } = node.metadata
  let weight = 0
  for (const { preference, weight: more } of affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ??
    []) {
    if (termMatches(preference, labels, name)) weight += more
  }
  return weight
}
