// What the conditions of a definition say: whether its names are free in its group, and whether it is served. Pure;
// custom-kinds.ts carries it out.

import type { CustomResourceDefinition } from '#api/apiextensions/custom-resource-definition.ts'
import type {
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionStatus,
} from '#api/apiextensions/custom-resource-definition-types.ts'
import { validateStructural } from '#api/apiextensions/validate-structural.ts'
import { aggregate, FieldErrors, fieldErrorsText, Path } from '#api/field-errors.ts'
import { equalJson } from '#lib/json.ts'

type Names = CustomResourceDefinitionNames
type Condition = CustomResourceDefinitionCondition

export const conditionOf = (
  { status }: Pick<CustomResourceDefinition, 'status'>,
  type: string,
): Condition | undefined => status.conditions?.find((condition) => condition.type === type)

export const isTrue = (definition: Pick<CustomResourceDefinition, 'status'>, type: string): boolean =>
  conditionOf(definition, type)?.status === 'True'

/** Replaces the one of its type; the time stays where the status does. */
export function withCondition(
  conditions: readonly Condition[],
  condition: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition[] {
  const before = conditions.find(({ type }) => type === condition.type)
  const unchanged = before?.status === condition.status ? before.lastTransitionTime : undefined
  const { type, status, reason, message } = condition
  const next: Condition = { type, status, lastTransitionTime: unchanged ?? now, reason, message }
  return before ? conditions.map((one) => (one.type === condition.type ? next : one)) : [...conditions, next]
}

interface Taken {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

/** What the other definitions of the group are called. */
function takenBy(others: readonly Names[]): Taken {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const { plural, singular, shortNames = [], kind, listKind } of others) {
    for (const name of [plural, singular, ...shortNames]) if (name) resources.add(name)
    for (const name of [kind, listKind]) if (name) kinds.add(name)
  }
  return { resources, kinds }
}

interface Accepted {
  readonly names: Names
  readonly reason: string
  readonly message: string
}

/** Names that are taken stay what they were; the last that is found is the reason, as upstream tells it. */
export function acceptNames(wanted: Names, before: Names, others: readonly Names[]): Accepted {
  const { resources, kinds } = takenBy(others)
  const names: Names = { ...before }
  let reason = 'NoConflicts'
  let message = 'no conflicts found'
  const refuse = (why: string, problems: readonly string[]) => {
    reason = why
    message = aggregate(problems)
  }
  const taken = (name: string) => `${JSON.stringify(name)} is already in use`
  const take = (field: 'plural' | 'singular' | 'kind' | 'listKind', among: ReadonlySet<string>, why: string) => {
    const name = wanted[field] ?? ''
    if (among.has(name)) refuse(why, [taken(name)])
    else names[field] = name
  }
  take('plural', resources, 'PluralConflict')
  take('singular', resources, 'SingularConflict')
  const short = (wanted.shortNames ?? []).filter((name) => resources.has(name))
  if (short.length > 0) refuse('ShortNamesConflict', short.map(taken))
  else if (wanted.shortNames?.length) names.shortNames = wanted.shortNames
  else delete names.shortNames
  take('kind', kinds, 'KindConflict')
  take('listKind', kinds, 'ListKindConflict')
  if (wanted.categories?.length) names.categories = wanted.categories
  else delete names.categories
  return { names, reason, message }
}

export interface StatusInput {
  readonly definition: CustomResourceDefinition
  /** The accepted names of the other definitions in its group. */
  readonly others: readonly Names[]
  /** When. */
  readonly now: string
}

/** The status as it should be; the same one where nothing changes. */
export function plannedStatus({ definition, others, now }: StatusInput): CustomResourceDefinitionStatus {
  const { spec, status } = definition
  const { names, reason, message } = acceptNames(spec.names, status.acceptedNames, others)
  const accepted = reason === 'NoConflicts'
  let conditions: readonly Condition[] = status.conditions ?? []
  const set = (type: string, is: boolean, why: string, text: string) => {
    const next = { type, status: is ? 'True' : 'False', reason: why, message: text }
    const before = conditions.find((one) => one.type === type)
    if (before && before.status === next.status && before.reason === why && before.message === text) return
    conditions = withCondition(conditions, next, now)
  }
  set('NamesAccepted', accepted, reason, message)
  // Once it is served it stays so, whoever takes a name later.
  if (!isTrue(definition, 'Established')) {
    if (accepted) set('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')
    else set('Established', false, 'NotAccepted', 'not all names are accepted')
  }
  const structure = structureOf(definition)
  if (structure) set('NonStructuralSchema', true, 'Violations', structure)
  else conditions = without(conditions, 'NonStructuralSchema')
  const approval = approvalOf(definition)
  if (approval) set('KubernetesAPIApprovalPolicyConformant', approval.approved, approval.reason, approval.message)
  if (conditions === status.conditions && equalJson(names, status.acceptedNames)) return status
  return { ...status, conditions: [...conditions], acceptedNames: names }
}

const without = (conditions: readonly Condition[], type: string): readonly Condition[] =>
  conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions

/** Only what has come from the time before v1 can have a schema that is not structural. */
function structureOf({ spec }: CustomResourceDefinition): string | undefined {
  if (!spec.preserveUnknownFields) return undefined
  const errors = new FieldErrors()
  spec.versions.forEach(({ schema }, i) => {
    const at = Path.of('spec').child('versions').index(i).child('schema').child('openAPIV3Schema')
    if (schema?.openAPIV3Schema) validateStructural(schema.openAPIV3Schema, at, errors)
  })
  return errors.any ? fieldErrorsText(errors.all) : undefined
}

const approvalAnnotation = 'api-approved.kubernetes.io'

/** Groups of upstream's own need its approval. */
function approvalOf({ metadata, spec: { group } }: CustomResourceDefinition) {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return undefined
  const text = metadata.annotations?.[approvalAnnotation] ?? ''
  if (text.startsWith('unapproved')) {
    return { approved: false, reason: 'UnapprovedAnnotation', message: `not approved: ${JSON.stringify(text)}` }
  }
  return { approved: true, reason: 'ApprovedAnnotation', message: `approved in ${text}` }
}
