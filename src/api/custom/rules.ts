// The rules of `x-kubernetes-validations`, compiled: once for each version of a definition. A tree beside the schema
// holds only the places below which there are any, so that the rest of an object is never walked.

import { compile, Environment, type Program } from '#api/cel/cel.ts'
import { patternProblem } from '#api/cel/constant-patterns.ts'
import { converterOf } from '#api/cel/convert.ts'
import { typeOfJsonSchema } from '#api/cel/schema-types.ts'
import { optionalOf, type Type } from '#api/cel/types.ts'
import { Optional } from '#api/cel/values.ts'
import { fieldPathProblem } from '../apiextensions/field-path.ts'
import type { JSONSchemaProps, ValidationRule } from '../apiextensions/json-schema.ts'
import { valuesOf } from '../apiextensions/validate-structural.ts'
import type { Structural } from './structural.ts'

/** An expression, or why it is none. */
export type Expression =
  | { readonly program: Program; readonly usesOldSelf: boolean; readonly problem?: undefined }
  | { readonly program?: undefined; readonly usesOldSelf: boolean; readonly problem: string }

export interface Rule {
  readonly declared: ValidationRule
  readonly test: Expression
  readonly message: Expression | undefined
  /** Where what it complains of is told, below its own place; empty: there. */
  readonly fieldPath: string
}

export interface RuleNode {
  readonly node: Structural
  readonly rules: readonly Rule[]
  readonly items: RuleNode | undefined
  readonly values: RuleNode | undefined
  readonly properties: ReadonlyMap<string, RuleNode>
}

/** Undefined where there are no rules. `root`: of a whole resource, whose name can be asked for. */
export function compileRules(node: Structural, root: boolean): RuleNode | undefined {
  const { source } = node
  const declared = source['x-kubernetes-validations'] ?? []
  const type = declared.length > 0 ? typeOfJsonSchema(source, { root, name: 'selfType' }) : undefined
  const rules = type ? declared.flatMap((rule) => compileRule(rule, type, source) ?? []) : []
  const properties = new Map<string, RuleNode>()
  for (const [name, of] of node.properties) {
    const below = compileRules(of, false)
    if (below) properties.set(name, below)
  }
  const items = node.items && compileRules(node.items, false)
  const values = node.values && node.values !== true ? compileRules(node.values, false) : undefined
  if (rules.length === 0 && properties.size === 0 && !items && !values) return undefined
  return { node, rules, items, values, properties }
}

/** Undefined for an empty rule. */
export function compileRule(declared: ValidationRule, type: Type, schema: JSONSchemaProps): Rule | undefined {
  const { rule = '', messageExpression = '', fieldPath = '', optionalOldSelf = false } = declared
  if (rule.trim() === '') return undefined
  const environments = environmentsOf(type, optionalOldSelf)
  return {
    declared,
    test: compiled(rule, environments, testTexts),
    message: messageExpression === '' ? undefined : compiled(messageExpression, environments, messageTexts),
    fieldPath: fieldPath === '' ? '' : written(fieldPath, schema),
  }
}

interface Environments {
  readonly alone: Environment
  readonly withOld: Environment
}

function environmentsOf(self: Type, optional: boolean): Environments {
  const alone = new Environment({ variables: { self } })
  if (!optional) return { alone, withOld: new Environment({ variables: { self, oldSelf: self } }) }
  const convert = converterOf(self)
  const oldSelf = (json: unknown) => (json === null ? Optional.none : new Optional(convert(json)))
  const variables = { self, oldSelf: optionalOf(self) }
  return { alone, withOld: new Environment({ variables, converters: { oldSelf } }) }
}

interface Texts {
  readonly kind: 'bool' | 'string'
  readonly before: string
  readonly wrongType: string
}
const testTexts: Texts = { kind: 'bool', before: '', wrongType: 'cel expression must evaluate to a bool' }
const messageTexts: Texts = {
  kind: 'string',
  before: 'messageExpression ',
  wrongType: 'messageExpression must evaluate to a string',
}

/** What compiles without the old value does not ask for it. */
function compiled(expression: string, { alone, withOld }: Environments, texts: Texts): Expression {
  const first = compile(expression, alone)
  const usesOldSelf = first.problems !== undefined
  const { program, ...rest } = usesOldSelf ? compile(expression, withOld) : first
  if (!program) return { usesOldSelf: false, problem: `${texts.before}${'text' in rest ? rest.text : ''}` }
  if (program.type.kind !== texts.kind) return { usesOldSelf, problem: texts.wrongType }
  const pattern = patternProblem(expression)
  if (pattern !== undefined) {
    return { usesOldSelf, problem: `${texts.before}program instantiation failed: ${pattern}` }
  }
  return { program, usesOldSelf }
}

/** `.a['b'].c` as it stands in an error: `a.b.c`, and `a[b]` for the key of a map. */
function written(path: string, root: JSONSchemaProps): string {
  const { steps, problem } = fieldPathProblem(path, root)
  if (problem !== undefined) return ''
  let text = ''
  let at: JSONSchemaProps | undefined = root
  for (const step of steps) {
    const field: JSONSchemaProps | undefined = at?.properties?.[step]
    if (!field) text += `[${step}]`
    else text += text === '' ? step : `.${step}`
    at = field ?? (at && valuesOf(at))
  }
  return text
}
