// The expressions of a policy or webhook, compiled once for as long as it is what it is. One that does not compile (as
// it may after an upgrade, since writing it is checked) stays, and fails whenever it is run.

import type { Variable } from '#api/admissionregistration/policy.ts'
import type { MatchCondition } from '#api/admissionregistration/webhook.ts'
import { compile, type Environment, type Program } from '#api/cel/cel.ts'
import { admissionEnvironment, results, VariablesType } from '#api/cel/stored-expressions.ts'
import { Dyn, type Type } from '#api/cel/types.ts'

export interface Expression {
  readonly source: string
  readonly program: Program | undefined
  /** Why there is no program. */
  readonly problem: string
}

export interface NamedExpression extends Expression {
  readonly name: string
}

export function compiled(source: string, environment: Environment, wanted: readonly Type[] = []): Expression {
  const { program, text } = { text: '', ...compile(source, environment, wanted) }
  return { source, program, problem: text }
}

const environments = {
  params: admissionEnvironment({ params: true, variables: undefined }),
  plain: admissionEnvironment({ params: false, variables: undefined }),
}

export const compiledConditions = (
  conditions: readonly MatchCondition[] | undefined,
  params: boolean,
): readonly NamedExpression[] =>
  (conditions ?? []).map(({ name, expression }) => ({
    name,
    ...compiled(expression, params ? environments.params : environments.plain, results.matchCondition),
  }))

export interface CompiledVariables {
  readonly variables: readonly NamedExpression[]
  /** Where an expression stands that may use all of them. */
  readonly environment: Environment
  readonly type: VariablesType
}

/** Each may use those before it. */
export function compiledVariables(variables: readonly Variable[] | undefined, params: boolean): CompiledVariables {
  let type = new VariablesType()
  const all: NamedExpression[] = []
  for (const { name, expression } of variables ?? []) {
    const one = compiled(expression, admissionEnvironment({ params, variables: type }))
    all.push({ name, ...one })
    type = type.with(name, one.program?.type ?? Dyn)
  }
  return { variables: all, type, environment: admissionEnvironment({ params, variables: type }) }
}
