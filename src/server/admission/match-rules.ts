// Which requests webhooks and policies are about: rules, selectors and equivalent versions, as both ask it. Pure:
// what it has to know of the world is in the question. Parsed selectors are kept as long as who wrote them is.

import type { NamedRuleWithOperations } from '#api/admissionregistration/rule.ts'
import type { AnyKind } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { type Labels, parsedSelector, Selector } from '#api/labels.ts'
import type { LabelSelector } from '#api/meta/label-selector.ts'
import type { Operation } from './admission.ts'

/** A rule of a webhook has no names. */
export type Rule = Pick<NamedRuleWithOperations, 'operations' | 'apiGroups' | 'apiVersions' | 'resources' | 'scope'> & {
  readonly resourceNames?: readonly string[] | undefined
}

/** A policy's `matchConstraints`, a binding's `matchResources`; of a webhook `{ ...webhook, resourceRules: rules }`. */
export interface Constraints {
  readonly namespaceSelector?: LabelSelector | undefined
  readonly objectSelector?: LabelSelector | undefined
  /** None at all: every request. Who means none by that must not ask (a webhook without rules). */
  readonly resourceRules?: readonly Rule[] | undefined
  readonly excludeResourceRules?: readonly Rule[] | undefined
  /** Exact unless given. */
  readonly matchPolicy?: 'Equivalent' | 'Exact' | undefined
}

export interface Labelled {
  readonly metadata?: { readonly labels?: Labels | undefined } | undefined
}

/** What is asked about one request. */
export interface MatchQuestion {
  readonly operation: Operation
  /** The kind whose resource the request names. */
  readonly kind: AnyKind
  readonly subresource: string
  /** Of a Namespace its own name; empty for other resources of the cluster. */
  readonly namespace: string
  readonly name: string
  readonly object: Labelled | undefined
  readonly old: Labelled | undefined
  /** Asked only where a selector needs them. Throws where there is no such namespace. */
  readonly namespaceLabels: () => Labels | undefined
  /** The same resource under other names, without `kind` itself; asked only where nothing matches exactly. */
  readonly equivalents: () => readonly AnyKind[]
}

export interface Match {
  /** The kind whose rule matched: the object is to be shown as this one. */
  readonly kind: AnyKind
}

/** Undefined: the request is not meant. */
export function matchesRules(constraints: Constraints, question: MatchQuestion): Match | undefined {
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = constraints
  if (ruledBy(excludeResourceRules, matchPolicy, question)) return undefined
  const kind = resourceRules.length === 0 ? question.kind : ruledBy(resourceRules, matchPolicy, question)
  if (!kind) return undefined
  // Objects before namespaces, which may not be there: upstream tells of that only where all else matches.
  if (!objectSelected(constraints.objectSelector, question)) return undefined
  return namespaceSelected(constraints.namespaceSelector, question) ? { kind } : undefined
}

function ruledBy(
  rules: readonly Rule[],
  matchPolicy: Constraints['matchPolicy'],
  question: MatchQuestion,
): AnyKind | undefined {
  const { kind } = question
  for (const rule of rules) if (ruleMatches(rule, question, kind)) return kind
  if (matchPolicy !== 'Equivalent' || rules.length === 0) return undefined
  const equivalents = question.equivalents()
  for (const rule of rules) {
    for (const other of equivalents) if (ruleMatches(rule, question, other)) return other
  }
  return undefined
}

const orWildcard = (wanted: readonly string[] = [], value: string): boolean =>
  wanted.includes('*') || wanted.includes(value)

function ruleMatches(rule: Rule, question: MatchQuestion, kind: AnyKind): boolean {
  return (
    orWildcard(rule.operations, question.operation) &&
    orWildcard(rule.apiGroups, kind.group) &&
    orWildcard(rule.apiVersions, kind.version) &&
    resourceMatches(rule.resources, kind.plural, question.subresource) &&
    scopeMatches(rule.scope, kind, question.namespace) &&
    ((rule.resourceNames ?? []).length === 0 || rule.resourceNames!.includes(question.name))
  )
}

/** `pods` is not its parts, `pods/*` is both, and `*` is every resource without its parts. */
function resourceMatches(wanted: readonly string[] = [], resource: string, subresource: string): boolean {
  return wanted.some((text) => {
    const slash = text.indexOf('/')
    const name = slash < 0 ? text : text.slice(0, slash)
    const part = slash < 0 ? '' : text.slice(slash + 1)
    return (name === '*' || name === resource) && (part === '*' || part === subresource)
  })
}

const isNamespace = ({ group, plural }: AnyKind): boolean => group === '' && plural === 'namespaces'

function scopeMatches(scope: string | undefined, kind: AnyKind, namespace: string): boolean {
  if (scope === undefined || scope === '' || scope === '*') return true
  // A namespace is a resource of the cluster, though its own name stands where the namespace does.
  const ofCluster = isNamespace(kind) || namespace === ''
  return scope === 'Cluster' ? ofCluster : !ofCluster
}

/** It is enough that the object was meant before the change: nobody slips away by taking a label off. */
function objectSelected(wanted: LabelSelector | undefined, { object, old }: MatchQuestion): boolean {
  const selector = wanted ? parsedSelector(wanted) : Selector.everything
  if (selector.matchesEverything) return true
  return [object, old].some((one) => one !== undefined && selector.matches(one.metadata?.labels ?? {}))
}

/** Resources of the cluster are in no namespace and always meant, but for namespaces themselves. */
function namespaceSelected(wanted: LabelSelector | undefined, question: MatchQuestion): boolean {
  const { kind, namespace, operation, subresource, object } = question
  if (namespace === '' && !isNamespace(kind)) return true
  const selector = wanted ? parsedSelector(wanted) : Selector.everything
  if (selector.matchesEverything) return true
  // What a namespace is becoming counts, not what it was.
  const own = isNamespace(kind) && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')
  return selector.matches((own ? object?.metadata?.labels : question.namespaceLabels()) ?? {})
}

const groups = new WeakMap<KindRegistry, { readonly generation: number; readonly byStorage: Map<string, AnyKind[]> }>()

const storageOf = (kind: AnyKind): string => (kind.storedAs?.kind ?? kind).resource

function sameStorage(kinds: KindRegistry, kind: AnyKind): readonly AnyKind[] {
  let known = groups.get(kinds)
  if (known?.generation !== kinds.generation) {
    known = { generation: kinds.generation, byStorage: Map.groupBy(kinds.all, storageOf) }
    groups.set(kinds, known)
  }
  return known.byStorage.get(storageOf(kind)) ?? []
}

const serves = ({ status, scale, subresources }: AnyKind, subresource: string): boolean =>
  subresource === '' ||
  (subresource === 'status' && status) ||
  (subresource === 'scale' && scale !== undefined) ||
  subresources.some(({ name }) => name === subresource)

/** Other versions and groups that show the same objects. */
export const equivalentsOf = (kinds: KindRegistry, kind: AnyKind, subresource: string): readonly AnyKind[] =>
  sameStorage(kinds, kind).filter((other) => other !== kind && serves(other, subresource))

const configuration: ReadonlySet<string> = new Set(
  [
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
  ].map((plural) => `${plural}.admissionregistration.k8s.io`),
)

/** What says who is asked is never asked about itself: nobody could take back a bad one. */
export const isExempt = ({ resource }: AnyKind): boolean => configuration.has(resource)
