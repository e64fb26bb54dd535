// The matchConditions of a webhook: expressions that all must be true for it to be asked. They share one budget.

import type { MatchCondition } from '#api/admissionregistration/webhook.ts'
import { type Compiled, compile, costLimits, type Environment } from '#api/cel/cel.ts'
import { admissionEnvironment } from '#api/cel/stored-expressions.ts'

/** True or false, or why it cannot be said. */
export type ConditionsOutcome =
  | { readonly matches: boolean; readonly errors?: undefined }
  | { readonly matches?: undefined; readonly errors: readonly string[] }

export type CompiledConditions = (variables: Readonly<Record<string, unknown>>) => ConditionsOutcome

let environment: Environment | undefined

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

export function compileConditions(conditions: readonly MatchCondition[]): CompiledConditions {
  environment ??= admissionEnvironment({ params: false, variables: undefined })
  const programs = conditions.map(({ expression }): [string, Compiled] => [
    expression,
    compile(expression.trim(), environment!),
  ])
  return (variables) => {
    const errors: string[] = []
    let left: number = costLimits.matchConditions
    for (const [expression, { program, ...failed }] of programs) {
      if (!program) {
        errors.push('text' in failed ? failed.text : '')
        continue
      }
      const { value, error, cost } = program.run(variables, { costLimit: Math.min(left, costLimits.runtime) })
      left -= cost
      if (left < 0) return { errors: [outOfBudget] }
      if (error !== undefined) errors.push(`expression '${expression}' resulted in error: ${error}`)
      // One that is false decides, whatever is wrong with others.
      else if (value !== true) return { matches: false }
    }
    return errors.length > 0 ? { errors } : { matches: true }
  }
}
