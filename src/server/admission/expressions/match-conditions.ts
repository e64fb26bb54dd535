// The matchConditions of policies and webhooks: one that is false decides, whatever the others are; else one that fails
// is followed by what the failure policy says. They share one budget.

import { costLimits } from '#api/cel/cel.ts'
import { aggregate } from '#api/field-errors.ts'
import { Evaluation, type Inputs, OutOfBudget } from './evaluation.ts'
import type { NamedExpression } from './programs.ts'

export type FailurePolicy = 'Fail' | 'Ignore'

export type Matched = { readonly matches: boolean; readonly error?: undefined } | { readonly error: string }

export function conditionsMatch(
  conditions: readonly NamedExpression[],
  inputs: Inputs,
  failurePolicy: FailurePolicy,
): Matched {
  if (conditions.length === 0) return { matches: true }
  const failed = (error: string): Matched => (failurePolicy === 'Ignore' ? { matches: false } : { error })
  // As upstream, which does not tell conditions of the namespace.
  const evaluation = new Evaluation({ ...inputs, namespaceObject: null }, [], costLimits.matchConditions)
  const errors: string[] = []
  try {
    for (const condition of conditions) {
      const result = evaluation.run(condition)
      if (result.error !== undefined) errors.push(result.error)
      else if (result.value === false) return { matches: false }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
    return failed(error.message)
  }
  return errors.length === 0 ? { matches: true } : failed(aggregate(errors))
}
