// What is counted of policies, under upstream's names. Bounded: names are chosen by whoever writes policies.

import { Lru } from '#lib/lru.ts'
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

interface Counter {
  readonly labels: Readonly<Record<string, string>>
  value: number
}

const maxSeries = 1000

export class PolicyCounts {
  readonly #validations = new Lru<string, Counter>({ maxEntries: maxSeries })
  readonly #mutations = new Lru<string, Counter>({ maxEntries: maxSeries })

  constructor(metrics: Metrics) {
    metrics.add({
      name: 'apiserver_validating_admission_policy_check_total',
      type: 'counter',
      help: '[BETA] What validating policies have refused, warned of or noted.',
      values: () => this.#validations.values(),
    })
    metrics.add({
      name: 'apiserver_mutating_admission_policy_check_total',
      type: 'counter',
      help: '[ALPHA] What mutating policies have changed, or could not.',
      values: () => this.#mutations.values(),
    })
  }

  count({ policy, binding, errorType, action }: Check): void {
    const counters = action ? this.#validations : this.#mutations
    const key = [policy, binding, errorType, action].join('/')
    const known = counters.get(key)
    if (known) {
      known.value++
      return
    }
    const acted = action ? { enforcement_action: action } : {}
    const labels = { ...acted, error_type: errorType, policy, policy_binding: binding }
    counters.set(key, { labels, value: 1 })
  }
}

export const countsOf = perCore(({ metrics }) => new PolicyCounts(metrics))
