// Whether a node is one that a pod asks for, by nodeSelector and required node affinity, and how much it is
// preferred (upstream: component-helpers/scheduling/corev1/nodeaffinity).

import type { Affinity } from './affinity.ts'
import type { Node } from './node.ts'
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './node-selector.ts'

type Labels = Readonly<Record<string, string>>

const labelOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined

const asInteger = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined

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
      const [has, bound] = [asInteger(value), asInteger(values[0])]
      if (has === undefined || bound === undefined) return false
      return operator === 'Gt' ? has > bound : has < bound
    }
  }
}

const nameField = 'metadata.name'

/** A term without any requirement matches no node. */
export function termMatches(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  labels: Labels,
  nodeName: string,
): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  return (
    matchExpressions.every((requirement) => holds(requirement, labelOf(labels, requirement.key))) &&
    matchFields.every((requirement) => holds(requirement, requirement.key === nameField ? nodeName : undefined))
  )
}

export interface NodeRequirements {
  readonly nodeSelector?: Labels | undefined
  readonly affinity?: Affinity | undefined
}

/** Whether the pod asks for this node, or for none in particular. */
export function nodeMatches({ nodeSelector, affinity }: NodeRequirements, node: Node): boolean {
  const { labels = {}, name = '' } = node.metadata
  for (const key in nodeSelector) if (labelOf(labels, key) !== nodeSelector[key]) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => termMatches(term, labels, name))
}

/** The names of the only nodes that can match, where every term gives names; undefined: any may. */
export function namedNodes({ nodeSelectorTerms }: NodeSelector): ReadonlySet<string> | undefined {
  const all = new Set<string>()
  for (const { matchFields = [] } of nodeSelectorTerms) {
    const given = matchFields.filter(({ key, operator }) => key === nameField && operator === 'In')
    if (given.length === 0) return undefined
    const [first = [], ...others] = given.map(({ values = [] }) => values)
    for (const name of first) if (others.every((values) => values.includes(name))) all.add(name)
  }
  return nodeSelectorTerms.length === 0 ? undefined : all
}

/** The sum of the weights of the preferences that this node meets. */
export function nodePreference(affinity: Affinity | undefined, node: Node): number {
  const { labels = {}, name = '' } = node.metadata
  const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  let sum = 0
  for (const { preference, weight } of preferred) if (termMatches(preference, labels, name)) sum += weight
  return sum
}
