// Labels of nodes that have got other names: who still selects by the old ones is told.

import type { Path } from '../field-errors.ts'
import type { LabelSelector } from '../meta/label-selector.ts'
import { labelValue } from '../names.ts'
import type { NodeSelectorTerm } from './node-selector.ts'

const outdated = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  ['scheduler.alpha.kubernetes.io/preferAvoidPods', 'deprecated since v1.22; use Taints and Tolerations instead'],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
])

/** What is to be said of a label, if anything. */
export const outdatedNodeLabel = (label: string): string | undefined => outdated.get(label)

/** One for each of the labels that is outdated. */
export const nodeLabelWarnings = (labels: Iterable<string>, path: (label: string) => Path): string[] =>
  [...labels].flatMap((label) => {
    const told = outdated.get(label)
    return told === undefined ? [] : [`${path(label)}: ${told}`]
  })

/** A value that no label can have is refused where it is required, and only told where it is preferred. */
export function nodeTermWarnings(term: NodeSelectorTerm, withValues: boolean, path: Path): string[] {
  return (term.matchExpressions ?? []).flatMap(({ key, values = [] }, i) => {
    const at = path.child('matchExpressions').index(i)
    const told = outdated.get(key)
    const warnings = told === undefined ? [] : [`${at.child('key')}: ${key} is ${told}`]
    if (!withValues) return warnings
    values.forEach((value, v) => {
      for (const why of labelValue(value)) warnings.push(`${at.child('values').index(v)}: ${value} is invalid, ${why}`)
    })
    return warnings
  })
}

export function nodeSelectorWarnings(selector: LabelSelector | undefined, path: Path): string[] {
  return [
    ...nodeTermWarnings({ matchExpressions: selector?.matchExpressions }, false, path),
    ...nodeLabelWarnings(Object.keys(selector?.matchLabels ?? {}), (label) => path.child('matchLabels').child(label)),
  ]
}
