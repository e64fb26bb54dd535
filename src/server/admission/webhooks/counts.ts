// What is counted of webhooks, under upstream's names. Bounded: names are chosen by whoever configures webhooks.

import { Counters, Histograms } from '../../metric-families.ts'
import type { Metrics } from '../../metrics.ts'

export type WebhookType = 'admit' | 'validating'
export type ErrorType = 'calling_webhook_error' | 'apiserver_internal_error' | 'no_error'

const maxSeries = 1000
/** Whoever refuses may choose the code. */
const largestCode = 600
const codeText = (code: number): string => String(Math.min(code, largestCode))

export interface AboutCall {
  readonly name: string
  readonly type: WebhookType
  readonly operation: string
}

const prefix = 'apiserver_admission_webhook'

export class WebhookCounts {
  readonly #durations: Histograms
  readonly #rejections: Counters
  readonly #failedOpen: Counters
  readonly #requests: Counters

  constructor(metrics: Metrics) {
    const counters = (name: string, help: string) =>
      metrics.with(new Counters({ name: `${prefix}_${name}`, help, maxSeries }))
    this.#durations = metrics.with(
      new Histograms({
        name: `${prefix}_admission_duration_seconds`,
        help: '[STABLE] How long admission webhooks took to answer.',
        limits: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25],
        maxSeries,
      }),
    )
    this.#rejections = counters('rejection_count', '[ALPHA] Requests refused by admission webhooks.')
    this.#failedOpen = counters(
      'fail_open_count',
      '[ALPHA] Requests that passed although an admission webhook could not be asked.',
    )
    this.#requests = counters('request_total', '[ALPHA] Calls of admission webhooks.')
  }

  called(
    { name, type, operation }: AboutCall,
    { rejected, code, seconds }: { readonly rejected: boolean; readonly code: number; readonly seconds: number },
  ): void {
    const labels = { name, operation, rejected: String(rejected), type }
    this.#durations.observe(labels, seconds)
    this.#requests.add({ code: codeText(code), ...labels })
  }

  rejected({ name, operation, type }: AboutCall, errorType: ErrorType, code: number): void {
    this.#rejections.add({ error_type: errorType, name, operation, rejection_code: codeText(code), type })
  }

  failedOpen(name: string, type: WebhookType): void {
    this.#failedOpen.add({ name, type })
  }
}
