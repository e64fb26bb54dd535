// What the server counts. Counting is a few additions; names, labels and text are only made when somebody asks
// for /metrics. Names and labels are upstream's.

import type { RequestInfo } from './router.ts'

const bucketsSeconds = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
]

interface Duration {
  readonly labels: string
  readonly buckets: number[]
  count: number
  sumSeconds: number
}

/** A value that is read when asked for. */
export interface Gauge {
  readonly name: string
  /** `gauge` unless given. */
  readonly type?: 'counter' | 'gauge'
  readonly help: string
  readonly values: () => Iterable<{ readonly labels: Readonly<Record<string, string>>; readonly value: number }>
}

const quote = (value: string): string => `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`

const formatLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(',')

export class Metrics {
  readonly #requests = new Map<string, { readonly labels: string; count: number }>()
  readonly #durations = new Map<string, Duration>()
  readonly #gauges: Gauge[] = []
  readonly #more: (() => Promise<string>)[] = []

  add(gauge: Gauge): void {
    this.#gauges.push(gauge)
  }

  /** Text in Prometheus' format from elsewhere, as of prom-client's registry. */
  include(text: () => Promise<string>): void {
    this.#more.push(text)
  }

  observe(info: RequestInfo, code: number, seconds: number): void {
    const verb = info.isResource ? info.verb.toUpperCase() : info.verb.toUpperCase()
    const scope = !info.isResource
      ? ''
      : info.namespace !== ''
        ? info.name !== ''
          ? 'resource'
          : 'namespace'
        : info.name !== ''
          ? 'resource'
          : 'cluster'
    const of = `${verb}/${info.group}/${info.version}/${info.resource}/${info.subresource}/${scope}`
    const key = `${of}/${code}`
    let request = this.#requests.get(key)
    if (!request) {
      const labels = { ...labelsOf(info, verb, scope), code: String(code) }
      request = { labels: formatLabels(labels), count: 0 }
      this.#requests.set(key, request)
    }
    request.count++
    // A watch lasts as long as it lasts.
    if (info.verb === 'watch') return
    let duration = this.#durations.get(of)
    if (!duration) {
      const labels = formatLabels(labelsOf(info, verb, scope))
      duration = { labels, buckets: bucketsSeconds.map(() => 0), count: 0, sumSeconds: 0 }
      this.#durations.set(of, duration)
    }
    duration.count++
    duration.sumSeconds += seconds
    const at = bucketsSeconds.findIndex((limit) => seconds <= limit)
    if (at >= 0) duration.buckets[at]!++
  }

  async text(): Promise<string> {
    const lines = [
      '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      '# TYPE apiserver_request_total counter',
    ]
    for (const { labels, count } of this.#requests.values()) lines.push(`apiserver_request_total{${labels}} ${count}`)
    lines.push(
      '# HELP apiserver_request_duration_seconds [STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      '# TYPE apiserver_request_duration_seconds histogram',
    )
    for (const duration of this.#durations.values()) lines.push(...histogram(duration))
    for (const { name, help, values, type = 'gauge' } of this.#gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
      for (const { labels, value } of values()) {
        const text = formatLabels(labels)
        lines.push(`${name}${text === '' ? '' : `{${text}}`} ${value}`)
      }
    }
    const others = await Promise.all(this.#more.map((more) => more()))
    return `${lines.join('\n')}\n${others.join('')}`
  }
}

function* histogram({ labels, buckets, count, sumSeconds }: Duration): Iterable<string> {
  const name = 'apiserver_request_duration_seconds'
  let below = 0
  for (const [i, limit] of bucketsSeconds.entries()) {
    below += buckets[i]!
    yield `${name}_bucket{${labels},le="${limit}"} ${below}`
  }
  yield `${name}_bucket{${labels},le="+Inf"} ${count}`
  yield `${name}_sum{${labels}} ${sumSeconds}`
  yield `${name}_count{${labels}} ${count}`
}

const labelsOf = (info: RequestInfo, verb: string, scope: string): Record<string, string> => ({
  component: 'apiserver',
  dry_run: '',
  group: info.group,
  resource: info.resource,
  scope,
  subresource: info.isResource ? info.subresource : '',
  verb,
  version: info.version,
})
