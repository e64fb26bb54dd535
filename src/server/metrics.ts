// What the server counts, as text in Prometheus' form. Counting is a few additions; names, labels and text are only
// made when somebody asks for /metrics. Names and labels are upstream's.

import { Counters, type Family, Histogram, Histograms, type Labels } from './metric-families.ts'
import type { RequestInfo } from './router.ts'

const bucketsSeconds = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
]

export class Metrics {
  readonly #families: Family[] = []
  readonly #more: (() => Promise<string>)[] = []
  readonly #requests = this.with(
    new Counters({
      name: 'apiserver_request_total',
      help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
    }),
  )
  readonly #durations = this.with(
    new Histograms({
      name: 'apiserver_request_duration_seconds',
      help: '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      limits: bucketsSeconds,
    }),
  )
  /** By what tells requests apart. */
  readonly #seen = new Map<string, Seen>()

  add(family: Family): void {
    this.#families.push(family)
  }

  /** The same, for who goes on counting in it. */
  with<F extends Family>(family: F): F {
    this.add(family)
    return family
  }

  /** Text in Prometheus' form from elsewhere, as of prom-client's registry. */
  include(text: () => Promise<string>): void {
    this.#more.push(text)
  }

  observe(info: RequestInfo, code: number, seconds: number): void {
    const { group, version, resource, subresource } = info
    const verb = info.verb.toUpperCase()
    const scope = scopeOf(info)
    const of = `${verb}/${group}/${version}/${resource}/${subresource}/${scope}/${code}`
    let seen = this.#seen.get(of)
    if (!seen) {
      const labels = labelsOf(info, verb, scope)
      // A watch lasts as long as it lasts.
      const duration = info.verb === 'watch' ? undefined : this.#durations.of(labels)
      seen = { count: this.#requests.of({ ...labels, code: String(code) }), duration }
      this.#seen.set(of, seen)
    }
    seen.count.value++
    seen.duration?.observe(seconds)
  }

  async text(): Promise<string> {
    const lines = this.#families.flatMap((family) => [...linesOf(family)])
    const others = await Promise.all(this.#more.map((more) => more()))
    return `${lines.join('\n')}\n${others.join('')}`
  }
}

interface Seen {
  readonly count: { value: number }
  readonly duration: Histogram | undefined
}

const quote = (value: string): string => `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`

const formatLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(',')

/** Nothing where there is no value yet. */
function* linesOf({ name, type = 'gauge', help, values }: Family): Iterable<string> {
  let isFirst = true
  for (const { labels, value } of values()) {
    if (isFirst) yield* [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
    isFirst = false
    const text = formatLabels(labels)
    if (value instanceof Histogram) yield* histogram(name, text, value)
    else yield `${name}${text === '' ? '' : `{${text}}`} ${value}`
  }
}

function* histogram(name: string, labels: string, { limits, counts, count, sum }: Histogram): Iterable<string> {
  const before = labels === '' ? '' : `${labels},`
  const all = labels === '' ? '' : `{${labels}}`
  let below = 0
  for (const [i, limit] of limits.entries()) {
    below += counts[i]!
    yield `${name}_bucket{${before}le="${limit}"} ${below}`
  }
  yield `${name}_bucket{${before}le="+Inf"} ${count}`
  yield `${name}_sum${all} ${sum}`
  yield `${name}_count${all} ${count}`
}

function scopeOf({ isResource, namespace, name }: RequestInfo): string {
  if (!isResource) return ''
  if (name !== '') return 'resource'
  return namespace === '' ? 'cluster' : 'namespace'
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
