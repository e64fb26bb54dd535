// What is counted of webhooks, under upstream's names. Bounded: names are chosen by whoever configures webhooks.

import { Lru } from '#lib/lru.ts'
import type { Metrics } from '../../metrics.ts'

export type WebhookType = 'admit' | 'validating'
export type ErrorType = 'calling_webhook_error' | 'apiserver_internal_error' | 'no_error'

const bucketsSeconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25]
const maxSeries = 1000
/** Whoever refuses may choose the code. */
const largestCode = 600

interface Duration {
  readonly labels: string
  readonly buckets: number[]
  count: number
  sumSeconds: number
}

interface Counter {
  readonly labels: string
  count: number
}

const prefix = 'apiserver_admission_webhook'
const quoted = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')

export class WebhookCounts {
  readonly #durations = new Lru<string, Duration>({ maxEntries: maxSeries })
  readonly #rejections = new Lru<string, Counter>({ maxEntries: maxSeries })
  readonly #failedOpen = new Lru<string, Counter>({ maxEntries: maxSeries })
  readonly #requests = new Lru<string, Counter>({ maxEntries: maxSeries })

  constructor(metrics: Metrics) {
    metrics.include(async () => this.text())
  }

  called(
    about: { readonly name: string; readonly type: WebhookType; readonly operation: string },
    { rejected, code, seconds }: { readonly rejected: boolean; readonly code: number; readonly seconds: number },
  ): void {
    const labels = { name: about.name, operation: about.operation, rejected: String(rejected), type: about.type }
    const key = quoted(labels)
    let duration = this.#durations.get(key)
    if (!duration) {
      duration = { labels: key, buckets: bucketsSeconds.map(() => 0), count: 0, sumSeconds: 0 }
      this.#durations.set(key, duration)
    }
    duration.count++
    duration.sumSeconds += seconds
    const at = bucketsSeconds.findIndex((limit) => seconds <= limit)
    if (at >= 0) duration.buckets[at]!++
    add(this.#requests, { code: String(Math.min(code, largestCode)), ...labels })
  }

  rejected(
    about: { readonly name: string; readonly type: WebhookType; readonly operation: string },
    errorType: ErrorType,
    code: number,
  ): void {
    const { name, operation, type } = about
    const rejectionCode = String(Math.min(code, largestCode))
    add(this.#rejections, { error_type: errorType, name, operation, rejection_code: rejectionCode, type })
  }

  failedOpen(name: string, type: WebhookType): void {
    add(this.#failedOpen, { name, type })
  }

  text(): string {
    const lines: string[] = []
    const duration = `${prefix}_admission_duration_seconds`
    if (this.#durations.size > 0)
      head(lines, duration, 'histogram', '[STABLE] How long admission webhooks took to answer.')
    for (const { labels, buckets, count, sumSeconds } of this.#durations.values()) {
      let below = 0
      for (const [i, limit] of bucketsSeconds.entries()) {
        below += buckets[i]!
        lines.push(`${duration}_bucket{${labels},le="${limit}"} ${below}`)
      }
      lines.push(`${duration}_bucket{${labels},le="+Inf"} ${count}`)
      lines.push(`${duration}_sum{${labels}} ${sumSeconds}`, `${duration}_count{${labels}} ${count}`)
    }
    counters(lines, `${prefix}_rejection_count`, '[ALPHA] Requests refused by admission webhooks.', this.#rejections)
    counters(
      lines,
      `${prefix}_fail_open_count`,
      '[ALPHA] Requests that passed although an admission webhook could not be asked.',
      this.#failedOpen,
    )
    counters(lines, `${prefix}_request_total`, '[ALPHA] Calls of admission webhooks.', this.#requests)
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  }
}

function add(counters: Lru<string, Counter>, labels: Readonly<Record<string, string>>): void {
  const key = quoted(labels)
  const known = counters.get(key)
  if (known) known.count++
  else counters.set(key, { labels: key, count: 1 })
}

const head = (lines: string[], name: string, type: string, help: string): void => {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
}

function counters(lines: string[], name: string, help: string, all: Lru<string, Counter>): void {
  if (all.size === 0) return
  head(lines, name, 'counter', help)
  for (const { labels, count } of all.values()) lines.push(`${name}{${labels}} ${count}`)
}
