// A run of expressions over the same inputs, which share a budget of cost. Variables are worked out when an
// expression first asks for them, once, and what that costs is taken from the budget too.

import { costLimits, type Outcome } from '#api/cel/cel.ts'
import { CelError, type Value } from '#api/cel/values.ts'
import type { Expression, NamedExpression } from './programs.ts'

/** Values by the names that expressions know them by. */
export type Inputs = Readonly<Record<string, unknown>>

export type Result =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly error: string; readonly value?: undefined }

/** The budget is spent: no further expression is run. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run')
  }
}

export class Evaluation {
  /** What is left. */
  budget: number
  readonly #inputs: Record<string, unknown>
  #forVariables = 0

  constructor(inputs: Inputs, variables: readonly NamedExpression[], budget: number = costLimits.runtime) {
    this.budget = budget
    this.#inputs = { ...inputs, variables: this.#lazy(variables) }
  }

  /** Throws OutOfBudget. */
  run({ source, program, problem }: Expression): Result {
    if (!program) return { error: `compilation error: ${problem}` }
    const outcome = program.run(this.#inputs, { costLimit: costLimits.perCall })
    this.#spend(this.#forVariables + outcome.cost)
    this.#forVariables = 0
    if (outcome.error !== undefined) return { error: `expression '${source}' resulted in error: ${outcome.error}` }
    return { value: outcome.value }
  }

  #spend(cost: number): void {
    this.budget -= cost
    if (this.budget < 0) throw new OutOfBudget()
  }

  #lazy(variables: readonly NamedExpression[]): object {
    const values = {}
    for (const variable of variables) {
      let outcome: Outcome | undefined
      const get = (): Value => {
        outcome ??= this.#variable(variable)
        if (outcome.error === undefined) return outcome.value
        const what = `composited variable ${JSON.stringify(variable.name)} fails to`
        throw new CelError(`${what} ${variable.program ? 'evaluate' : 'compile'}: ${outcome.error}`, outcome.fatal)
      }
      Object.defineProperty(values, variable.name, { enumerable: true, get })
    }
    return values
  }

  #variable({ program, problem }: NamedExpression): Outcome {
    if (!program) return { error: problem, cost: 0, fatal: false }
    const outcome = program.run(this.#inputs, { costLimit: costLimits.perCall, nested: true })
    this.#forVariables += outcome.cost
    return outcome
  }
}
