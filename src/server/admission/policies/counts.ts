// What is counted of policies, under upstream's names. Bounded: names are chosen by whoever writes policies.

import { Counters } from '../../metric-families.ts'
import type { Metrics } from '../../metrics.ts'
import { perCore } from '../../per-core.ts'

export type ErrorType = 'no_error' | 'compile_error' | 'out_of_budget' | 'invalid_error'
export type Action = 'deny' | 'warn' | 'audit'

export interface Check {
  readonly policy: string
  readonly binding: string
  readonly errorType: ErrorType
  /** Of a validation; a mutation has none. */
  readonly action?: Action
}

/** By the text of what went wrong, as upstream tells it. */
export function errorTypeOf(message: string): ErrorType {
  if (message.startsWith('compilation')) return 'compile_error'
  return message.startsWith('validation failed due to running out of cost budget') ? 'out_of_budget' : 'invalid_error'
}

const maxSeries = 1000

export class PolicyCounts {
  readonly #validations: Counters
  readonly #mutations: Counters

  constructor(metrics: Metrics) {
    this.#validations = metrics.with(
      new Counters({
        name: 'apiserver_validating_admission_policy_check_total',
        help: '[BETA] What validating policies have refused, warned of or noted.',
        maxSeries,
      }),
    )
    this.#mutations = metrics.with(
      new Counters({
        name: 'apiserver_mutating_admission_policy_check_total',
        help: '[ALPHA] What mutating policies have changed, or could not.',
        maxSeries,
      }),
    )
  }

  count({ policy, binding, errorType, action }: Check): void {
    const labels = { error_type: errorType, policy, policy_binding: binding }
    if (action) this.#validations.add({ enforcement_action: action, ...labels })
    else this.#mutations.add(labels)
  }
}

export const countsOf = perCore(({ metrics }) => new PolicyCounts(metrics))
