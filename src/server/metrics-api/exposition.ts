// What an agent says at /metrics/resource, read from Prometheus' text: what the node and each container have used so
// far, and when that was measured. Other lines, and lines that cannot be read, are passed over.

/** What something had used at one instant. */
export interface Point {
  readonly timeMs: number
  /** Since its start. */
  readonly cpuSeconds: number
  readonly memoryBytes: number
  /** Of a container. */
  readonly startMs?: number | undefined
}

export interface Scrape {
  readonly node: Point | undefined
  /** By `namespace/name`, and then by the container's name. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Point>>
}

export interface Series {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
  readonly timeMs: number | undefined
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+(-?\d+))?[ \t]*$/
const label = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/gy

const escapes: Readonly<Record<string, string>> = { n: '\n' }
const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char)

/** Undefined: a comment, or no series. */
export function parseSeries(text: string): Series | undefined {
  const match = line.exec(text)
  if (!match) return undefined
  const [, name = '', inBraces = '', value = '', time] = match
  const labels = new Map<string, string>()
  let readUpTo = 0
  for (const found of inBraces.matchAll(label)) {
    labels.set(found[1]!, unescaped(found[2]!))
    readUpTo = found.index + found[0].length
  }
  const number = Number(value)
  if (readUpTo < inBraces.trimEnd().length || Number.isNaN(number)) return undefined
  return { name, labels, value: number, timeMs: time === undefined ? undefined : Number(time) }
}

type Draft = { -readonly [field in keyof Point]?: Point[field] }

/** Which part of a point a series tells, and of what. */
const parts: Readonly<Record<string, readonly ['node' | 'container', 'cpuSeconds' | 'memoryBytes' | 'startMs']>> = {
  node_cpu_usage_seconds_total: ['node', 'cpuSeconds'],
  node_memory_working_set_bytes: ['node', 'memoryBytes'],
  container_cpu_usage_seconds_total: ['container', 'cpuSeconds'],
  container_memory_working_set_bytes: ['container', 'memoryBytes'],
  container_start_time_seconds: ['container', 'startMs'],
}

/** A point is known when both its CPU time and its memory are. `nowMs` is for series without a time. */
export function parseScrape(text: string, nowMs: number): Scrape {
  const node: Draft = {}
  const pods = new Map<string, Map<string, Draft>>()
  for (const each of text.split('\n')) {
    const name = /^\w+/.exec(each)?.[0] ?? ''
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined
    const series = part && parseSeries(each)
    if (!series) continue
    const [of, field] = part
    const draft = of === 'node' ? node : containerIn(pods, series.labels)
    draft[field] = field === 'startMs' ? series.value * 1000 : series.value
    // The rate of CPU time needs its own time exactly.
    if (field === 'cpuSeconds') draft.timeMs = series.timeMs ?? nowMs
  }
  return {
    node: pointOf(node),
    pods: new Map([...pods].map(([pod, containers]) => [pod, new Map(known(containers))])),
  }
}

function containerIn(pods: Map<string, Map<string, Draft>>, labels: ReadonlyMap<string, string>): Draft {
  const key = `${labels.get('namespace') ?? ''}/${labels.get('pod') ?? ''}`
  const name = labels.get('container') ?? ''
  const containers = pods.get(key) ?? new Map<string, Draft>()
  pods.set(key, containers)
  const draft = containers.get(name) ?? {}
  containers.set(name, draft)
  return draft
}

function pointOf({ timeMs, cpuSeconds, memoryBytes, startMs }: Draft): Point | undefined {
  if (timeMs === undefined || cpuSeconds === undefined || memoryBytes === undefined) return undefined
  return { timeMs, cpuSeconds, memoryBytes, startMs }
}

function* known(containers: ReadonlyMap<string, Draft>): Iterable<readonly [string, Point]> {
  for (const [name, draft] of containers) {
    const point = pointOf(draft)
    if (point) yield [name, point]
  }
}
