// The matchConditions of an authorization webhook: expressions over what is asked, as a SubjectAccessReview says it.

import { compile, costLimits, Environment } from '#api/cel/cel.ts'
import { objectType } from '#api/cel/schema-types.ts'
import { Bool, listOf, mapOf, Text } from '#api/cel/types.ts'
import type { Condition } from './webhook.ts'

const requirementsType = objectType('kubernetes.SelectorAttributes', {
  rawSelector: Text,
  requirements: listOf(
    objectType('kubernetes.SelectorRequirement', { key: Text, operator: Text, values: listOf(Text) }),
  ),
})

const resourceFields = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'] as const
const texts = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, Text]))

const specType = objectType('kubernetes.SubjectAccessReviewSpec', {
  resourceAttributes: objectType('kubernetes.ResourceAttributes', {
    ...texts(resourceFields),
    fieldSelector: requirementsType,
    labelSelector: requirementsType,
  }),
  nonResourceAttributes: objectType('kubernetes.NonResourceAttributes', { path: Text, verb: Text }),
  user: Text,
  groups: listOf(Text),
  extra: mapOf(Text, listOf(Text)),
  uid: Text,
})

const environment = new Environment({ variables: { request: specType } })

const emptyTexts = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, '']))

/** Expressions find an empty text where the review leaves it out. */
function filled(spec: object): object {
  const {
    resourceAttributes: resource,
    nonResourceAttributes: path,
    ...who
  } = spec as Record<string, object | undefined>
  return {
    user: '',
    groups: [],
    uid: '',
    extra: {},
    ...who,
    ...(resource ? { resourceAttributes: { ...emptyTexts(resourceFields), ...resource } } : {}),
    ...(path ? { nonResourceAttributes: { ...emptyTexts(['path', 'verb']), ...path } } : {}),
  }
}

/** Throws what is wrong with the expression. */
export function compileCondition(expression: string): Condition {
  const { program, ...failed } = compile(expression, environment, [Bool])
  if (!program) throw new Error('text' in failed ? failed.text : expression)
  return (spec) => {
    const { value, error } = program.run({ request: filled(spec) }, { costLimit: costLimits.matchConditions })
    if (error !== undefined) throw new Error(`expression '${expression}' resulted in error: ${error}`)
    return value === true
  }
}
