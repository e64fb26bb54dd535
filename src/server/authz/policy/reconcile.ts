// What to do so that a default role or binding is as it should be: it is made where it is missing; permissions,
// subjects, labels and annotations that are missing are added; nothing that somebody has added is taken away. An
// object whose annotation says so is left alone.

import { sameValue } from '#api/equal.ts'
import type { LabelSelector } from '#api/meta/label-selector.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import type { RoleRef, Subject } from '#api/rbac/subject.ts'
import { uncovered } from '../covers.ts'
import type { DefaultBinding, DefaultRole } from './notation.ts'

export const autoupdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate'
const defaultLabels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const defaultAnnotations = { [autoupdateAnnotation]: 'true' }

type Strings = Readonly<Record<string, string>>

interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly labels: Strings
  readonly annotations: Strings
}

export interface RoleObject {
  readonly metadata: Metadata
  readonly rules: readonly PolicyRule[]
  readonly aggregationRule?: { readonly clusterRoleSelectors: readonly LabelSelector[] }
}

export interface BindingObject {
  readonly metadata: Metadata
  readonly roleRef: RoleRef
  readonly subjects: readonly Subject[]
}

/** What stands there now, as far as it matters. */
interface Found {
  readonly metadata: {
    readonly labels?: Strings | undefined
    readonly annotations?: Strings | undefined
  }
}

export interface FoundRole extends Found {
  readonly rules?: readonly PolicyRule[] | undefined
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] | undefined } | undefined
}

export interface FoundBinding extends Found {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[] | undefined
}

export type Action<T> =
  | { readonly action: 'none' }
  | { readonly action: 'create'; readonly object: T }
  /** What to merge into what is there. */
  | { readonly action: 'patch'; readonly patch: object }
  /** A binding keeps its role for life: another role needs another binding. */
  | { readonly action: 'replace'; readonly object: T }

const none = { action: 'none' } as const

const metadataOf = (
  { namespace, name }: { readonly namespace: string; readonly name: string },
  labels: Strings = {},
): Metadata => ({
  name,
  ...(namespace === '' ? {} : { namespace }),
  labels: { ...defaultLabels, ...labels },
  annotations: defaultAnnotations,
})

const isProtected = ({ metadata }: Found): boolean => metadata.annotations?.[autoupdateAnnotation] === 'false'

const hasAll = (found: Strings | undefined, wanted: Strings): boolean =>
  Object.entries(wanted).every(([key, value]) => found?.[key] === value)

/** Labels and annotations that are missing; undefined where none are. */
function metadataPatch({ metadata: found }: Found, wanted: Metadata): object | undefined {
  if (hasAll(found.labels, wanted.labels) && hasAll(found.annotations, wanted.annotations)) return undefined
  return { labels: wanted.labels, annotations: wanted.annotations }
}

export function wantedRole(role: DefaultRole): RoleObject {
  const metadata = metadataOf(role, role.labels)
  if (role.aggregates === undefined) return { metadata, rules: role.rules }
  const clusterRoleSelectors = [{ matchLabels: { [role.aggregates]: 'true' } }]
  return { metadata, rules: [], aggregationRule: { clusterRoleSelectors } }
}

export function planRole(role: DefaultRole, found: FoundRole | undefined): Action<RoleObject> {
  const wanted = wantedRole(role)
  if (!found) return { action: 'create', object: wanted }
  if (isProtected(found)) return none
  const patch: Record<string, unknown> = {}
  const metadata = metadataPatch(found, wanted.metadata)
  if (metadata) patch.metadata = metadata
  if (wanted.aggregationRule) {
    const selectors = found.aggregationRule?.clusterRoleSelectors ?? []
    const missing = wanted.aggregationRule.clusterRoleSelectors.filter(
      (selector) => !selectors.some((each) => sameValue(each, selector)),
    )
    if (missing.length > 0) patch.aggregationRule = { clusterRoleSelectors: [...selectors, ...missing] }
  } else {
    const rules = found.rules ?? []
    const missing = uncovered(rules, wanted.rules)
    if (missing.length > 0)
      patch.rules = [...rules, ...wanted.rules.filter((rule) => uncovered(rules, [rule]).length > 0)]
  }
  return Object.keys(patch).length === 0 ? none : { action: 'patch', patch }
}

export function planBinding(binding: DefaultBinding, found: FoundBinding | undefined): Action<BindingObject> {
  const { roleRef, subjects } = binding
  const metadata = metadataOf(binding)
  const object: BindingObject = { metadata, roleRef, subjects }
  if (!found) return { action: 'create', object }
  if (isProtected(found)) return none
  const known = found.subjects ?? []
  const missing = subjects.filter((subject) => !known.some((each) => sameSubject(each, subject)))
  const all = [...known, ...missing]
  if (!sameValue(found.roleRef, roleRef)) return { action: 'replace', object: { ...object, subjects: all } }
  const patch: Record<string, unknown> = {}
  const metadataChange = metadataPatch(found, metadata)
  if (metadataChange) patch.metadata = metadataChange
  if (missing.length > 0) patch.subjects = all
  return Object.keys(patch).length === 0 ? none : { action: 'patch', patch }
}

const sameSubject = (a: Subject, b: Subject): boolean =>
  a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '')
