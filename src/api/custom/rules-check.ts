// Whether the rules in a schema are good CEL, and cheap enough: each is estimated at its worst, as often as its place
// may occur in an object, and so are all together. Told of the definition, in upstream's words. A schema that stands
// there already is not asked again, so that nothing stored becomes a thing that cannot be changed.

import { costLimits } from '#api/cel/cel.ts'
import { mostInRequest, typeOfJsonSchema } from '#api/cel/schema-types.ts'
import type { Type } from '#api/cel/types.ts'
import { equalJson } from '#lib/json.ts'
import type { JSONSchemaProps, ValidationRule } from '../apiextensions/json-schema.ts'
import { type SchemaToCheck, useSchemaCheck } from '../apiextensions/schema-check.ts'
import { itemsOf, valuesOf } from '../apiextensions/validate-structural.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { compileRule, type Expression } from './rules.ts'

interface Place {
  readonly path: Path
  readonly root: boolean
  /** How often it may occur in an object; undefined: as often as fits into a request. */
  readonly times: number | undefined
  /** The list above whose items have no counterparts. */
  readonly unrelated: Path | undefined
}

interface Spent {
  readonly path: Path
  readonly cost: number
}

interface Check {
  readonly errors: FieldErrors
  total: number
  /** The dearest first. */
  dearest: Spent[]
}

export function checkRules({ schema, path, before }: SchemaToCheck, errors: FieldErrors): void {
  if (before && equalJson(before, schema)) return
  const check: Check = { errors, total: 0, dearest: [] }
  walk(schema, { path, root: true, times: 1, unrelated: undefined }, check)
  const limit = costLimits.estimatedPerDefinition
  if (check.total <= limit) return
  const share = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
  for (const { path: at } of check.dearest) errors.forbidden(at, share)
  const whole = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
  errors.forbidden(path, overBudget(whole, check.total, limit))
}

function walk(schema: JSONSchemaProps, place: Place, check: Check): void {
  const { path, unrelated, times } = place
  const factor = times === undefined ? undefined : factorOf(schema)
  const below = {
    root: false,
    times: times === undefined || factor === undefined ? undefined : times * factor,
    unrelated,
  }
  const values = valuesOf(schema)
  if (values) walk(values, { ...below, path: path.child('additionalProperties') }, check)
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    walk(property, { ...below, path: path.child('properties').key(name) }, check)
  }
  const items = itemsOf(schema)
  const related = schema['x-kubernetes-list-type'] === 'map'
  if (items) {
    walk(items, { ...below, path: path.child('items'), unrelated: unrelated ?? (related ? undefined : path) }, check)
  }
  checkHere(schema, place, check)
}

/** How many values there may be directly below each. */
function factorOf({ type, additionalProperties, maxProperties, maxItems }: JSONSchemaProps): number | undefined {
  const most = (max: number | undefined) => (max === undefined ? undefined : Math.max(0, max))
  if (type === 'array') return most(maxItems)
  return type === 'object' && additionalProperties !== undefined ? most(maxProperties) : 1
}

function checkHere(schema: JSONSchemaProps, place: Place, check: Check): void {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return
  const at = place.path.child('x-kubernetes-validations')
  const type = typeOfJsonSchema(schema, { root: place.root, name: 'selfType' })
  if (!type) {
    const text =
      'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations'
    check.errors.add('InternalError', at, 'Internal error', text)
    return
  }
  const times = place.times ?? mostInRequest(schema)
  rules.forEach((rule, i) => {
    checkRule(rule, { schema, type, times, at: at.index(i), unrelated: place.unrelated }, check)
  })
}

interface RulePlace {
  readonly schema: JSONSchemaProps
  readonly type: Type
  readonly times: number
  readonly at: Path
  readonly unrelated: Path | undefined
}

function checkRule(declared: ValidationRule, { schema, type, times, at, unrelated }: RulePlace, check: Check): void {
  const rule = compileRule(declared, type, schema)
  if (!rule) return
  const { test, message } = rule
  checkExpression('rule', declared, test, { at: at.child('rule'), times }, check)
  if (message) {
    checkExpression('messageExpression', declared, message, { at: at.child('messageExpression'), times: 1 }, check)
  }
  if (test.usesOldSelf && unrelated) {
    const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${unrelated}`
    check.errors.invalid(at.child('rule'), declared.rule, text)
  } else if (!test.usesOldSelf && declared.optionalOldSelf !== undefined) {
    const text = 'may not be set if oldSelf is not used in rule'
    check.errors.invalid(at.child('optionalOldSelf'), declared.optionalOldSelf, text)
  }
}

function checkExpression(
  name: 'rule' | 'messageExpression',
  declared: ValidationRule,
  { program, problem }: Expression,
  { at, times }: { readonly at: Path; readonly times: number },
  check: Check,
): void {
  if (!program) {
    check.errors.invalid(at, inGo(declared), problem ?? '')
    return
  }
  const cost = times === 0 ? 0 : program.estimate().max * times
  const limit = costLimits.estimatedPerExpression
  if (cost > limit) check.errors.forbidden(at, overBudget(`estimated ${name} cost`, cost, limit))
  check.total += cost
  if (cost < costLimits.estimatedPerDefinition / 100) return
  check.dearest = [...check.dearest, { path: at, cost }].sort((a, b) => b.cost - a.cost).slice(0, 4)
}

/** The rule as upstream's error shows it. */
const inGo = ({
  rule = '',
  message = '',
  messageExpression = '',
  reason,
  fieldPath = '',
  ...rest
}: ValidationRule) => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: rest.optionalOldSelf ?? null,
})

function overBudget(what: string, cost: number, limit: number): string {
  const times = cost / limit
  const factor = times > 100 ? 'more than 100x' : `${times.toFixed(times < 1.5 ? 6 : 1)}x`
  return `${what} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}

useSchemaCheck(checkRules)
